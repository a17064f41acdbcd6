import { TicketsError } from '../errors/errors.ts'
import { type Duration, millis, positiveMillis } from '../time/duration.ts'
import type { Interval, Window } from './window.ts'

export interface TumblingOptions {
  /** How long a window is, greater than 0. */
  size: Duration
  /** How long after its end a window stays open for rows that come late; 0 by default. */
  grace?: Duration
  /** Shifts the windows against the Unix epoch; 0 by default, less than `size`. */
  offset?: Duration
}

/**
 * Windows of one size, end to end, aligned to the Unix epoch plus `offset`.
 *
 * @throws `OPTION_INVALID`, with the value, for a size of 0, anything negative, or an offset not below the size
 * @example
 * tumbling({ size: '1 minute' }).assign(Date.UTC(2026, 0, 1, 0, 0, 59)) // one window, 00:00 to 00:01
 */
export function tumbling(options: TumblingOptions): Window {
  const size = positiveMillis(options.size, 'size')
  const grace = millis(options.grace ?? 0, 'grace')
  const offset = millis(options.offset ?? 0, 'offset')
  if (offset >= size) throw new TicketsError('OPTION_INVALID', `offset must be below the size of ${size} ms, got ${offset} ms`)
  let last: readonly [Interval] = [{ start: Number.NaN, end: Number.NaN }]
  return {
    kind: 'tumbling',
    grace,
    assign(time) {
      // Rows come nearly in order: mostly it is the window of the row before.
      if (time >= last[0].start && time < last[0].end) return last
      const start = Math.floor((time - offset) / size) * size + offset
      last = [{ start, end: start + size }]
      return last
    },
    options: { kind: 'tumbling', size, grace, offset },
  }
}
