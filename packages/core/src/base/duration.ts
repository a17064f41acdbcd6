import { TicketsError } from './errors.ts'

/** A length of time: milliseconds, or text such as `'10s'`, `'1 minute'`, `'500ms'`, `'2 hours'`, `'1 day'`. */
export type Duration = number | string

const units: Record<string, number> = {
  ms: 1,
  millisecond: 1,
  s: 1e3,
  sec: 1e3,
  second: 1e3,
  m: 6e4,
  min: 6e4,
  minute: 6e4,
  h: 36e5,
  hour: 36e5,
  d: 864e5,
  day: 864e5,
  week: 7 * 864e5,
}

function parse(text: string): number {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text)
  const word = match?.[2]?.toLowerCase() ?? ''
  const unit = units[word] ?? (word.length > 2 && word.endsWith('s') ? units[word.slice(0, -1)] : undefined)
  return match && unit !== undefined ? Number(match[1]) * unit : Number.NaN
}

/**
 * Returns a duration in whole milliseconds, 0 or more.
 *
 * @param what the option's name, for the message
 * @throws `OPTION_INVALID` with the value, for anything negative, not finite, not whole, or not understood
 * @example
 * millis('1 minute', 'size') // 60000
 */
export function millis(value: Duration, what: string): number {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? parse(value) : Number.NaN
  if (Number.isSafeInteger(ms) && ms >= 0) return ms
  throw new TicketsError(
    'OPTION_INVALID',
    `${what} is a duration such as '10s', '1 minute' or a number of milliseconds from 0, got ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`,
  )
}

/** Returns a duration in whole milliseconds, greater than 0. Throws as `millis` does. */
export function positiveMillis(value: Duration, what: string): number {
  const ms = millis(value, what)
  if (ms > 0) return ms
  throw new TicketsError('OPTION_INVALID', `${what} is a duration greater than 0, got ${JSON.stringify(value)}`)
}

const words = [
  [864e5, 'day'],
  [36e5, 'hour'],
  [6e4, 'minute'],
  [1e3, 'second'],
] as const

/**
 * Returns milliseconds as exact text in the largest unit of which they are a whole number, which `millis` reads again.
 *
 * @example
 * durationInWords(86_400_000) // '1 day'
 */
export function durationInWords(ms: number): string {
  const [unit, word] = words.find(([size]) => ms >= size && ms % size === 0) ?? [1, 'ms']
  const count = ms / unit
  return `${count} ${word}${count === 1 || unit === 1 ? '' : 's'}`
}
