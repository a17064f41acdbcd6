import { type Duration, millis } from '../base/duration.ts'
import { TicketsError } from '../base/errors.ts'
import type { Interval } from './engine/interval.ts'
import type { Window } from './engine/window.ts'
import { windowMillis } from './sizes.ts'

/** Settings of `hopping`. */
export interface HoppingOptions {
  /** How long a window is, greater than 0. */
  size: Duration
  /** How far apart windows start, greater than 0. Below `size` they overlap, above it there are gaps, whose rows are in no window. */
  advance: Duration
  /** How long after its end a window stays open for late rows; 0 by default. */
  grace?: Duration
  /** Shifts the windows against the Unix epoch; 0 by default, less than `advance`. */
  offset?: Duration
}

/** The most windows that one row is counted in. */
const OVERLAP = 10_000

/**
 * Returns windows of one size that start every `advance`, aligned to the Unix epoch plus `offset`: a row is counted in each window that it lies in.
 *
 * @throws `OPTION_INVALID`, with the value, for a size or advance of 0, anything negative, an offset not below the advance, or more than
 * 10,000 windows over one instant
 * @example
 * hopping({ size: '10 minutes', advance: '5 minutes' }).assign(Date.UTC(2026, 0, 1, 0, 7)) // 00:00 to 00:10 and 00:05 to 00:15
 */
export function hopping(options: HoppingOptions): Window {
  const size = windowMillis(options.size, 'size')
  const advance = windowMillis(options.advance, 'advance')
  const grace = millis(options.grace ?? 0, 'grace')
  const offset = millis(options.offset ?? 0, 'offset')
  if (offset >= advance) throw new TicketsError('OPTION_INVALID', `offset must be below the advance of ${advance} ms, got ${offset} ms`)
  if (size / advance > OVERLAP)
    throw new TicketsError(
      'OPTION_INVALID',
      `a size of ${size} ms every ${advance} ms puts each row into ${Math.ceil(size / advance)} windows; ${OVERLAP} is the most`,
    )
  let from = Number.NaN
  let last: readonly Interval[] = []
  let until = Number.NaN
  return {
    kind: 'hopping',
    grace,
    assign(time) {
      if (time >= from && time < until) return last
      const newest = Math.floor((time - offset) / advance) * advance + offset
      const found: Interval[] = []
      for (let start = newest; start > time - size; start -= advance) found.push({ start, end: start + size })
      last = found.reverse()
      // Rows arrive nearly in order, so most have the windows of the row before, until the next window starts or the oldest one ends.
      from = time
      until = Math.min(newest + advance, last[0]?.end ?? Number.POSITIVE_INFINITY)
      return last
    },
    after: ({ start }) => ({ start: start + advance, end: start + advance + size }),
    options: { kind: 'hopping', size, advance, grace, offset },
  }
}
