import { TicketsError } from '../base/errors.ts'
import type { Interval } from './engine/interval.ts'

const DAY_MS = 86_400_000
/** How many windows are remembered, so that Intl is called once for each day of the data and not once for each row. */
const KNOWN = 64

/** Returns how many milliseconds the clocks of a zone are ahead of UTC at an instant. */
function offsetsOf(timeZone: string): (time: number) => number {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (error) {
    throw new TicketsError('OPTION_INVALID', `timeZone is a name such as "Europe/Paris", got ${JSON.stringify(timeZone)}`, { cause: error })
  }
  return (time) => {
    const second = Math.floor(time / 1000) * 1000
    const parts: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(second)) parts[type] = type === 'era' ? (value.startsWith('B') ? -1 : 1) : Number(value)
    const { era = 1, year = 0, month = 1, day = 1, hour = 0, minute = 0, second: seconds = 0 } = parts
    const date = new Date(0)
    date.setUTCFullYear(era < 0 ? 1 - year : year, month - 1, day)
    date.setUTCHours(hour, minute, seconds)
    return date.getTime() - second
  }
}

/**
 * Returns windows of whole days by the clocks of a time zone, with their 23 and 25 hours. A day begins at the first instant of its date, as
 * `java.time` has it: at 00:00, or, where the clocks jump over that, when they do.
 *
 * @param days how many days a window is long
 * @param shift which day, counted from 1970-01-01, one of them begins on
 */
export function zonedDays(timeZone: string, days: number, shift: number): (time: number) => Interval {
  const offsetAt = offsetsOf(timeZone)

  const startOf = (day: number): number => {
    const local = day * DAY_MS
    const [before, after] = [offsetAt(local - DAY_MS), offsetAt(local + DAY_MS)]
    if (before === after) return local - before
    const fits = [local - before, local - after].filter((time, i) => offsetAt(time) === (i === 0 ? before : after))
    if (fits.length > 0) return Math.min(...fits)
    // The clocks jump over midnight: the day begins with the jump.
    let [low, high] = [local - DAY_MS, local + DAY_MS]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offsetAt(middle) === before) low = middle
      else high = middle
    }
    return high
  }

  const known: Interval[] = []
  return (time) => {
    // Rows arrive nearly in order, so the newest windows are tried first.
    for (let i = known.length - 1; i >= 0; i--) {
      const interval = known[i] as Interval
      if (time >= interval.start && time < interval.end) return interval
    }
    const today = Math.floor((time + offsetAt(time)) / DAY_MS)
    const first = Math.floor((today - shift) / days) * days + shift
    let interval = { start: startOf(first), end: startOf(first + days) }
    // Clocks that go back over midnight repeat a date that was over.
    if (time >= interval.end) interval = { start: interval.end, end: startOf(first + 2 * days) }
    else if (time < interval.start) interval = { start: startOf(first - days), end: interval.start }
    known.push(interval)
    if (known.length > KNOWN) known.shift()
    return interval
  }
}
