import { TicketsError } from './errors.ts'

/**
 * Returns a limit that is a whole number from 1.
 *
 * @param what the option's name, for the message
 * @throws `OPTION_INVALID` with the value, for anything else
 * @example
 * positiveInteger(8, 'concurrency') // 8
 */
export function positiveInteger(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new TicketsError('OPTION_INVALID', `${what} is a whole number from 1, got ${value}`)
}
