import { type Duration, millis } from '../base/duration.ts'
import { TicketsError } from '../base/errors.ts'
import type { Interval } from './engine/interval.ts'
import type { Window } from './engine/window.ts'
import { windowMillis } from './sizes.ts'
import { zonedDays } from './time-zone.ts'

/** Settings of `tumbling`. */
export interface TumblingOptions {
  /** How long a window is, greater than 0. */
  size: Duration
  /** How long after its end a window stays open for late rows; 0 by default. */
  grace?: Duration
  /** Shifts the windows against the Unix epoch; 0 by default, less than `size`. */
  offset?: Duration
  /** Cuts days at midnight by the clocks of this zone, such as `'Europe/Paris'`; then `size` and `offset` are whole days. UTC by default. */
  timeZone?: string
}

const DAY = 86_400_000

/**
 * Returns windows of one size, end to end, aligned to the Unix epoch plus `offset`.
 *
 * With a `timeZone` they are days by its clocks, of 23 or 25 hours where these change; weeks from Monday on are
 * `{ size: '7 days', offset: '4 days', timeZone }`, since the epoch was a Thursday.
 *
 * @throws `OPTION_INVALID`, with the value, for a size of 0, anything negative, an offset not below the size, an unknown time zone, or one
 * with a size that is not whole days
 * @example
 * tumbling({ size: '1 minute' }).assign(Date.UTC(2026, 0, 1, 0, 0, 59)) // one window, 00:00 to 00:01
 */
export function tumbling(options: TumblingOptions): Window {
  const size = windowMillis(options.size, 'size')
  const grace = millis(options.grace ?? 0, 'grace')
  const offset = millis(options.offset ?? 0, 'offset')
  if (offset >= size) throw new TicketsError('OPTION_INVALID', `offset must be below the size of ${size} ms, got ${offset} ms`)
  const at = options.timeZone === undefined ? aligned(size, offset) : zoned(options.timeZone, size, offset)
  let last: readonly [Interval] = [{ start: Number.NaN, end: Number.NaN }]
  const assign = (time: number) => {
    // Rows arrive nearly in order, so most are in the window of the row before.
    if (!(time >= last[0].start && time < last[0].end)) last = [at(time)]
    return last
  }
  return {
    kind: 'tumbling',
    grace,
    assign,
    after: ({ end }) => at(end),
    options: { kind: 'tumbling', size, grace, offset, ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }) },
  }
}

function aligned(size: number, offset: number): (time: number) => Interval {
  return (time) => {
    const start = Math.floor((time - offset) / size) * size + offset
    return { start, end: start + size }
  }
}

function zoned(timeZone: string, size: number, offset: number): (time: number) => Interval {
  if (size % DAY !== 0 || offset % DAY !== 0)
    throw new TicketsError('OPTION_INVALID', `with a timeZone, size and offset are whole days, got ${size} ms and ${offset} ms`)
  return zonedDays(timeZone, size / DAY, offset / DAY)
}
