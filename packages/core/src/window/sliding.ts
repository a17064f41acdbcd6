import { type Duration, millis } from '../base/duration.ts'
import { SlidingEngine } from './engine/sliding-engine.ts'
import type { Window } from './engine/window.ts'
import { windowMillis } from './sizes.ts'

/** Settings of `sliding`. */
export interface SlidingOptions {
  /** The most that two rows of one window are apart; greater than 0. */
  size: Duration
  /** How long after its end a window stays open for late rows; 0 by default. */
  grace?: Duration
}

/**
 * Returns windows that move with the rows, as Kafka Streams defines them: for each row at `t` the window `[t − size, t]` that ends with it, and
 * the one that begins after it, `[t + 1 ms, t + 1 ms + size]`, if rows are in it. Both ends belong to them; `window_end` is the last
 * instant inside.
 *
 * A row is late when its own window `[t − size, t]` is closed. A late row counts in no window and opens none, as in Kafka Streams.
 *
 * Sliding windows close inside a task, so over several partitions all rows of a key have to be in one partition. The source declares
 * that with `keyedBy`.
 *
 * @throws `OPTION_INVALID`, with the value, for a size of 0 or anything negative
 * @example
 * windowed(sliding({ size: '10 minutes' }), { by: 'client_id', aggregate: { tickets: count() } }) // one row for each different group of rows
 */
export function sliding(options: SlidingOptions): Window {
  const size = windowMillis(options.size, 'size')
  const grace = millis(options.grace ?? 0, 'grace')
  return {
    kind: 'sliding',
    grace,
    assign: (time) => [{ start: time - size, end: time }],
    local: (settings) => new SlidingEngine(size, grace, settings),
    options: { kind: 'sliding', size, grace },
  }
}
