import type { Json } from '../../base/json.ts'
import { type Batch, internals, type RowMetadata, type Schema } from '../../batch/batch.ts'
import { columnBuilder } from '../../batch/builder.ts'
import type { Field } from '../../store/field.ts'
import type { Interval } from '../../window/engine/interval.ts'

/** A window and key to emit. */
export interface Result {
  readonly interval: Interval
  readonly values: readonly Json[]
  /** By the aggregates' names. */
  readonly results: Readonly<Record<string, unknown>>
  readonly revision: number
  readonly final: boolean
}

/** The last instant that a `Date` can hold. Later bounds are cut to it. */
const LAST = 8.64e15

const dateOf = (ms: number) => new Date(Math.max(-LAST, Math.min(LAST, ms)))

/** Returns for each column of the schema how it is read from a result. */
function readersOf(schema: Schema<unknown>, by: readonly string[]): readonly ((result: Result) => unknown)[] {
  return schema.fields.map(({ name, kind, optional }) => {
    if (name === 'window_start') return dates((interval) => interval.start)
    if (name === 'window_end') return dates((interval) => interval.end)
    if (name === 'revision') return (result) => result.revision
    if (name === 'is_final') return (result) => result.final
    const k = by.indexOf(name)
    if (k < 0) return (result) => result.results[name]
    const missing = optional ? undefined : null
    return ({ values }) => {
      const value = values[k]
      if (value === null) return missing
      return kind === 'instant' ? new Date(value as number) : value
    }
  })
}

/** Reads bounds as dates. The results of a window come one after the other, so they share one `Date`. */
function dates(pick: (interval: Interval) => number): (result: Result) => Date {
  let last = dateOf(Number.NaN)
  let at = Number.NaN
  return ({ interval }) => {
    if (pick(interval) !== at) {
      at = pick(interval)
      last = dateOf(at)
    }
    return last
  }
}

/**
 * Returns results as rows. The watermark before each row is the row's own time, as if every window were emitted at the instant that closes it. So
 * a second `windowed` finds the same rows late, whenever they are emitted.
 */
export function windowRows<Row>(
  schema: Schema<Row>,
  by: readonly string[],
  results: readonly Result[],
  travels: Pick<RowMetadata, 'windowOrigin' | 'personal'>,
  inTask: boolean,
): Batch<Row> {
  const columns = readersOf(schema, by).map((read, c) => {
    const builder = columnBuilder(schema.fields[c] as Field)
    builder.reserve(results.length)
    for (const result of results) builder.add(read(result))
    return builder.finish()
  })
  const watermarks = Float64Array.from(results, ({ interval }) => interval.end - 1)
  const metadata = { watermarks, offsets: new Float64Array(results.length), ...travels }
  return internals.make(schema, columns, results.length, metadata, inTask ? 'task' : 'hand')
}
