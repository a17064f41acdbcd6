import { type Batch, internals } from './batch.ts'

/**
 * The watermark of its partition just before each row of a batch, in epoch milliseconds (-Infinity before the first row); null where the rows
 * have lost it, or never had one. For sinks that pass it on.
 *
 * @example
 * watermarksOf(Batch.of(Ticket, [ticket])) // null: made by hand
 */
export function watermarksOf(batch: Batch<unknown>): Float64Array | null {
  return internals.origin(batch) === 'task' ? (internals.metadata(batch)?.watermarks ?? null) : null
}
