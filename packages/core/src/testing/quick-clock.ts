import { type Clock, systemClock } from '../base/clock.ts'

/** Pauses up to this long are cut short; longer ones are deadlines, which must not come early. */
const LONGEST_SHORTENED_MS = 10_000

/**
 * The clock on the wall, except that the pauses of a pipeline (between two tries, until it looks again) take about a millisecond.
 *
 * @example
 * pipeline({ clock: quickClock, … })
 */
export const quickClock: Clock = {
  now: systemClock.now,
  sleep: (ms, signal) => systemClock.sleep(ms <= LONGEST_SHORTENED_MS ? Math.min(ms, 1) : ms, signal),
}
