import { basename } from 'node:path'
import { type Field, type Schema, type Sink, type Storage, TicketsError } from '@tickets/core'
import { fileError, isPartPath } from '@tickets/core/internal'
import type { FileLayer } from '@tickets/core/node'
import { retryVanished } from '../disk/preflight.ts'
import type { Encoder } from '../encoders/encoder.ts'
import { type AnyKeyOptions, describeKey } from '../keyed/table-key.ts'
import type { FileField } from '../parquet-file/schema.ts'
import { checkPartitionBy, describePartitions, type PartitionBy } from '../partition/partition-by.ts'
import { partitionPlan } from '../partition/plan.ts'
import { checkSort, checkSortShape, type SortBy } from '../partition/sort-rows.ts'
import type { DatasetTable } from './dataset-table.ts'
import { listParts, partsOf, reachedIn } from './listing.ts'
import type { CompactEvery, DatasetMaintenance } from './maintenance.ts'
import { checkMoved, checkOwner, checkThere, readOwner, takeOwnership } from './owner.ts'
import { checkName, targetOf } from './target-name.ts'
import { stagedFileWriter } from './writer.ts'

/** Settings of every file sink. */
export interface StagedFileOptions<T = unknown> {
  /**
   * `append` (the default) adds to a folder that no other log writes to; `overwrite` replaces what is there, once, when a new log begins.
   * Resuming a log never overwrites.
   */
  readonly mode?: 'append' | 'overwrite'
  /** A range with more rows than this becomes several files; no limit by default. */
  readonly maxRowsPerFile?: number
  /**
   * Divides the dataset into folders as Hive does: by columns, which then stand in the path alone, and by days of instants.
   * A log keeps the partitions that it began with. None by default.
   */
  readonly partitionBy?: PartitionBy<T>
  /** The most partitions that one range may have rows of, each of them a file; 1,000 by default. Beyond it the pipeline stops. */
  readonly maxPartitions?: number
  /** Sorts the rows of each file; by default they stay as they came. */
  readonly sortBy?: SortBy<T>
  /** Merges small files at intervals while the pipeline runs; off by default. Several processes may do it at once. */
  readonly compact?: CompactEvery
  /** @internal What stands between the sink and the file system; tests inject faults here. */
  readonly files?: FileLayer
}

/** The parts of one file sink. */
export interface StagedFileSink {
  /** Where the files lie. */
  readonly target: Storage
  readonly format: string
  /** Returns the encoder; called when a writer opens. */
  readonly load: (columns?: (fields: readonly Field[]) => readonly FileField[]) => Promise<Encoder>
  readonly maintenance: DatasetMaintenance
  /** Returns the table that the files of a place belong to; without it all files there are the dataset. */
  readonly tableIn?: (target: Storage) => DatasetTable
  /** Which rows replace which others, for a table. A range that was recorded is published by the options that it was staged with. */
  readonly keyed?: AnyKeyOptions
  readonly options?: StagedFileOptions
}

/**
 * Makes a sink that writes files to a folder in two phases: it stages them in a hidden folder below, and links them to their names once their range is committed.
 *
 * @throws `OPTION_INVALID` at once; later `TARGET_UNUSABLE`, `TARGET_OWNED`, `SCHEMA_MISMATCH`, `SINK_FAILED`, `ENCODER_FAILED`, `STAGED_LOST`.
 */
export function stagedFileSink(sink: StagedFileSink): Sink<unknown> {
  const { target, format, load, maintenance, tableIn, keyed = {}, options = {} } = sink
  const { location } = target
  const { mode = 'append', maxRowsPerFile = Number.POSITIVE_INFINITY, maxPartitions = 1000 } = options
  const { partitionBy = [], sortBy = null } = options
  const table = tableIn?.(target) ?? null
  if (mode !== 'append' && mode !== 'overwrite')
    throw new TicketsError('OPTION_INVALID', `mode is 'append' or 'overwrite', got ${JSON.stringify(mode)}`)
  if (!(maxRowsPerFile === Number.POSITIVE_INFINITY || (Number.isSafeInteger(maxRowsPerFile) && maxRowsPerFile > 0))) {
    throw new TicketsError('OPTION_INVALID', `maxRowsPerFile is a whole number from 1, got ${String(maxRowsPerFile)}`)
  }
  if (!(Number.isSafeInteger(maxPartitions) && maxPartitions > 0))
    throw new TicketsError('OPTION_INVALID', `maxPartitions is a whole number from 1, got ${String(maxPartitions)}`)
  checkPartitionBy(partitionBy)
  if (sortBy !== null) checkSortShape(sortBy)
  const planFor = (schema: Schema<unknown>) => {
    const plan = partitionBy.length === 0 ? null : partitionPlan(partitionBy, schema, maxPartitions, table?.keepsPartitions)
    if (sortBy !== null) checkSort(sortBy, schema)
    return plan
  }
  /** Whether a pipeline owns the target. A writer that is opened without a pipeline has no owner to check. */
  let isHeld = false
  // A folder `v<n>` may be one of `versioned`'s, each with its own log. A sibling such as `v1.v2` would belong to no version, so such sinks have no `version`.
  const isOfVersioned = /^v\d+$/.test(basename(location))
  const maintain = options.compact && maintenance.schedule(target, options.compact)
  return {
    target: targetOf(target),
    format: `${format}${partitionBy.length === 0 ? '' : ` by ${describePartitions(partitionBy)}`}${describeKey(keyed)}`,

    async check(schema) {
      planFor(schema)
      await table?.check(schema, mode === 'overwrite')
    },

    async prepare({ id }) {
      const undo = await target.check()
      try {
        const takesOver = mode === 'overwrite'
        checkOwner(await readOwner(target), id, target, takesOver)
        return { takesOver, remove: takesOver && !table ? await listParts(target) : [] }
      } catch (error) {
        throw fileError(error, 'SINK_FAILED', `looking at ${location}`)
      } finally {
        // The pipeline may still be refused for another reason, so leave nothing behind.
        await undo().catch(() => {})
      }
    },

    async place() {
      try {
        return await target.place()
      } catch (error) {
        throw fileError(error, 'SINK_FAILED', `looking at ${location}`)
      }
    },

    async reached(log) {
      try {
        const reached = { ...(await reachedIn(target, log)) }
        for (const [task, n] of (await table?.reached(log)) ?? []) reached[task] = Math.max(n, reached[task] ?? -1)
        return reached
      } catch (error) {
        throw fileError(error, 'SINK_FAILED', `looking at ${location}`)
      }
    },

    async begin({ id, takesOver, remove, moved = false, published = false }) {
      checkName('the id of a log', id)
      try {
        // Before anything is made here: an empty folder may be the place where a volume is not mounted.
        if (published && !moved) await checkThere(target)
        const before = await retryVanished(async () => {
          await target.check()
          if (moved) await checkMoved(target, id)
          return takeOwnership(target, id, takesOver)
        })
        // Files that are in a table stay for those who read an older version of it.
        if (table) await table.begin({ id, replaces: takesOver })
        else
          await target.remove([
            ...remove.filter((name) => isPartPath(name) && !basename(name).startsWith(`part-${id}-`)),
            ...(await partsOf(target, before)),
          ])
        await target.discardLogs(before)
        for (const folder of ['', '.staging']) await target.removeLeftovers(folder)
        isHeld = true
        await maintenance.cleanUp(target, before)
        await maintenance.finish(target)
      } catch (error) {
        throw fileError(error, 'SINK_FAILED', `${takesOver ? 'taking over' : 'opening'} ${location}`)
      }
    },

    async open(task, schema) {
      checkName('the id of a log', task.logId)
      checkName('the name of a task', task.task)
      const plan = planFor(schema)
      return stagedFileWriter({
        target,
        task,
        schema,
        encoder: await load(await table?.open?.(schema)),
        maxRowsPerFile,
        plan,
        sortBy,
        key: table?.keyOf?.(schema) ?? null,
        isHeld,
        table,
      })
    },

    ...(!isOfVersioned && { version: (version: number) => stagedFileSink({ ...sink, target: target.beside(`.v${version}`) }) }),
    ...(maintain && { maintain }),
  }
}
