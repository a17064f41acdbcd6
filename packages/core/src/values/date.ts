import * as z from 'zod'
import { isDay } from './days.ts'

/**
 * Returns the zod type of a calendar day: `YYYY-MM-DD` text in messages and in rows, DATE in files and databases.
 *
 * @example
 * date().parse('2026-01-31') // '2026-01-31'
 */
export function date() {
  return z.iso.date().refine(isDay)
}

/** Returns whether a check is that of `date()`: a user's own `z.iso.date()` is text. */
export const isDateCheck = (fn: unknown): boolean => fn === isDay
