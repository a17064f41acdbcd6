import { type Duration, positiveMillis } from '../base/duration.ts'
import { TicketsError } from '../base/errors.ts'

/** A hundred years: what is longer was not meant. */
const LONGEST = 36_525 * 86_400_000

/** A length that a window may have. Throws `OPTION_INVALID` with the value. */
export function windowMillis(value: Duration, what: string): number {
  const ms = positiveMillis(value, what)
  if (ms <= LONGEST) return ms
  throw new TicketsError('OPTION_INVALID', `${what} is at most 100 years, beyond which no state can be held, got ${JSON.stringify(value)}`)
}
