import { type Batch, type Schema, TicketsError } from '@tickets/core'
import { fromRecordBatch, toRecordBatch } from '@tickets/core/arrow'
import { bucketCodes, columnCodes, dayCodes } from './codes.ts'
import { describePartitions, type PartitionBy } from './partition-by.ts'
import { emptyFolder, resolvePartitions } from './resolve.ts'
import { combine, type Part, parts } from './split.ts'

/** How the rows of one schema are divided into folders. */
export interface PartitionPlan {
  /** The partition columns, in path order. */
  readonly names: readonly string[]
  /** What is left for the files. */
  readonly fileSchema: Schema<unknown>
  /** The folder of the zero-row file. */
  readonly empty: string
  /** The rows of each folder, folders in the order of their names. Throws `SINK_FAILED` for more than `max` folders. */
  split(batch: Batch<unknown>): readonly Part[]
  /** The columns that stay in the files. */
  project(batch: Batch<unknown>): Batch<unknown>
}

/**
 * Returns the plan for a schema. Throws `OPTION_INVALID` if `partitionBy` does not fit it.
 *
 * @param isWhole whether files keep all columns, as those of a table do that knows its partitions by itself, and not by paths
 */
export function partitionPlan(partitionBy: PartitionBy, schema: Schema<unknown>, max: number, isWhole = false): PartitionPlan {
  const { resolved, names } = resolvePartitions(partitionBy, schema)
  const gone = new Set(isWhole ? [] : resolved.filter(({ made, at }) => !made && at >= 0).map(({ at }) => at))
  const kept = schema.fields.map((_, i) => i).filter((i) => !gone.has(i))
  const fileSchema: Schema<unknown> = { ...schema, fields: schema.fields.filter((_, i) => !gone.has(i)) }
  const bound = (distinct: number) => {
    if (distinct <= max) return
    throw new TicketsError(
      'SINK_FAILED',
      `a range has rows of more than ${max} partitions (${describePartitions(partitionBy)}), each of them a file: raise maxPartitions, or lower range.rows, and run again; or start over with a partition of fewer values`,
    )
  }
  return {
    names,
    fileSchema,
    empty: emptyFolder(resolved),
    split(batch) {
      const [first, ...rest] = resolved.map(({ places, field, made }) => {
        if (!made) return columnCodes(batch, places, bound, field, isWhole)
        return made.by === 'bucket' ? bucketCodes(batch, places, field, made, bound) : dayCodes(batch, places, made, bound)
      })
      return first ? parts(rest.reduce((all, codes) => combine(all, codes, bound), first)) : []
    },
    project: (batch) => (gone.size === 0 ? batch : fromRecordBatch(fileSchema, toRecordBatch(batch).selectAt(kept))),
  }
}
