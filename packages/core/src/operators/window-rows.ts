import { Batch, inside, type Link } from '../batch/batch.ts'
import type { Json } from '../pipeline/source.ts'
import type { Schema } from '../schema/schema.ts'
import type { Interval } from '../window/window.ts'

/** A window and key that is to be shown. */
export interface Result {
  readonly interval: Interval
  readonly values: readonly Json[]
  /** By the aggregates' names. */
  readonly results: Readonly<Record<string, unknown>>
  readonly revision: number
  readonly isFinal: boolean
}

/** The last instant that a `Date` can hold: a window of rows just before it ends there. */
const LAST = 8.64e15

const dateOf = (ms: number) => new Date(Math.max(-LAST, Math.min(LAST, ms)))

function rowOf<Row>(schema: Schema<Row>, by: readonly string[], result: Result): Row {
  const { interval, values, results, revision, isFinal } = result
  const keys = by.map((name, k) => {
    const field = schema.fields.find((f) => f.name === name)
    const value = values[k]
    if (value === null) return [name, field?.optional ? undefined : null]
    return [name, field?.kind === 'instant' ? new Date(value as number) : value]
  })
  const bounds = { window_start: dateOf(interval.start), window_end: dateOf(interval.end) }
  return { ...bounds, ...Object.fromEntries(keys), ...results, revision, is_final: isFinal } as Row
}

/**
 * Rows of windows, in order of their ends. The watermark before each is its own time, as if every window were shown at the instant that
 * closes it: so a `windowed` behind finds the same rows late, whenever they are shown.
 */
export function windowRows<Row>(schema: Schema<Row>, by: readonly string[], results: readonly Result[], link: Link, inTask: boolean): Batch<Row> {
  const made = Batch.of(
    schema,
    results.map((result) => rowOf(schema, by, result)),
  )
  const watermarks = Float64Array.from(results, ({ interval }) => interval.end - 1)
  const trail = { watermarks, offsets: new Float64Array(results.length), link }
  return inside.make(schema, inside.columns(made), made.length, trail, inTask ? 'task' : 'hand')
}
