const DAY_MS = 86_400_000
const isoDay = /^\d{4}-\d\d-\d\d$/

/** Returns whether a text has the form of a day. */
export const isDay = (text: string): boolean => isoDay.test(text)

/**
 * Returns the days from 1970-01-01 to a day, or undefined where the text is no day of the calendar. Years 0 to 9999.
 *
 * @example
 * dayNumber('1970-01-02') // 1
 */
export function dayNumber(text: unknown): number | undefined {
  if (typeof text !== 'string' || !isoDay.test(text)) return undefined
  const ms = Date.parse(`${text}T00:00:00Z`)
  // Some engines roll a 31 April over to May.
  return Number.isNaN(ms) || dayText(ms / DAY_MS) !== text ? undefined : ms / DAY_MS
}

/** Returns the day that is so many days after 1970-01-01, as text. */
export const dayText = (days: number): string => new Date(days * DAY_MS).toISOString().slice(0, 10)
