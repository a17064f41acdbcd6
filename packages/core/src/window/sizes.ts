import { type Duration, positiveMillis } from '../base/duration.ts'
import { TicketsError } from '../base/errors.ts'

/** A hundred years, in milliseconds: a longer window is a mistake. */
const LONGEST_MS = 36_525 * 86_400_000

/** Returns the length of a window in milliseconds. Throws `OPTION_INVALID`, with the value, for 0, anything negative, and more than 100 years. */
export function windowMillis(value: Duration, what: string): number {
  const ms = positiveMillis(value, what)
  if (ms <= LONGEST_MS) return ms
  throw new TicketsError('OPTION_INVALID', `${what} is at most 100 years, beyond which no state can be held, got ${JSON.stringify(value)}`)
}
