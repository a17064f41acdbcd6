import { TicketsError } from '../../base/errors.ts'
import { type Batch, internals, type WindowOrigin } from '../../batch/batch.ts'
import type { Interval } from './interval.ts'

/** A row that came too late for some of its windows. */
export interface Late {
  /** Its index in the batch. */
  readonly row: number
  /** The watermark of its partition just before it, in epoch milliseconds. */
  readonly watermark: number
  readonly windows: readonly Interval[]
}

/** Returns the watermark before each row of a batch, in epoch milliseconds. Throws `WATERMARK_LOST` where the batch has none. */
export function requireWatermarks(batch: Batch<unknown>): Float64Array {
  const metadata = internals.metadata(batch)
  if (metadata) return metadata.watermarks
  throw new TicketsError(
    'WATERMARK_LOST',
    'an operator of event time got rows without their watermarks: make them with mapRows or withColumn, not with Batch.of, rows() or a map of your own',
  )
}

/**
 * Returns where rows come from that are windows; from then on each is emitted once, when every task has closed it. Returns undefined for other rows.
 *
 * @param id the operator that takes them
 * @throws `OPTION_INVALID` behind a `runningTotals`, or a `windowed` with `emit: 'updates'`
 */
export function claimWindows(batch: Batch<unknown>, id: string): WindowOrigin | undefined {
  const origin = internals.metadata(batch)?.windowOrigin
  if (origin?.updates)
    throw new TicketsError(
      'OPTION_INVALID',
      `"${id}" comes after a runningTotals, or a windowed with emit: 'updates', whose rows would count more than once: use windowed with 'final'`,
    )
  origin?.claim()
  return origin
}

/**
 * Refuses rows whose order depends on how inputs interleave, at an operator whose results depend on it: a replay would give others.
 *
 * @throws `OPTION_INVALID`
 */
export function requireOrder(batch: Batch<unknown>, id: string): void {
  const by = internals.metadata(batch)?.unorderedBy
  if (by !== undefined)
    throw new TicketsError(
      'OPTION_INVALID',
      `"${id}" depends on the order of rows, and "${by}" before it emits them as watermarks pass them, which no replay repeats: set order: 'time' in "${by}"`,
    )
}
