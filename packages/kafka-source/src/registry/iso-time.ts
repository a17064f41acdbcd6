import { InvalidValue } from './invalid-value.ts'
import type { JsonOut } from './json-out.ts'

const DAY_MS = 86_400_000
const MAX_DATE_MS = 8.64e15

let lastDay = Number.NaN
let lastPrefix = ''

function two(out: JsonOut, value: number): void {
  const tens = (value / 10) | 0
  out.byte(0x30 + tens)
  out.byte(0x30 + value - tens * 10)
}

/** Adds epoch milliseconds as ISO 8601 text with `Z`, in quotes. Throws `InvalidValue` for a time that no `Date` holds. */
export function writeIsoTime(out: JsonOut, ms: number): void {
  if (!(Math.abs(ms) <= MAX_DATE_MS)) throw new InvalidValue(`${ms} milliseconds since 1970 are beyond the times of a Date`)
  const day = Math.floor(ms / DAY_MS)
  // Most times of a batch are of one day.
  if (day !== lastDay) {
    lastPrefix = `"${new Date(day * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length)}`
    lastDay = day
  }
  out.ascii(lastPrefix)
  let rest = ms - day * DAY_MS
  const millis = rest % 1000
  rest = (rest - millis) / 1000
  const seconds = rest % 60
  rest = (rest - seconds) / 60
  const minutes = rest % 60
  two(out, (rest - minutes) / 60)
  out.byte(0x3a)
  two(out, minutes)
  out.byte(0x3a)
  two(out, seconds)
  out.byte(0x2e)
  out.byte(0x30 + ((millis / 100) | 0))
  two(out, millis % 100)
  out.byte(0x5a)
  out.byte(0x22)
}

/** Adds days since 1970-01-01 as `YYYY-MM-DD`, in quotes. Throws `InvalidValue` outside of the years 0 to 9999. */
export function writeIsoDay(out: JsonOut, days: number): void {
  const ms = days * DAY_MS
  const text = Math.abs(ms) <= MAX_DATE_MS ? new Date(ms).toISOString() : ''
  if (text.length !== '1970-01-01T00:00:00.000Z'.length) throw new InvalidValue(`day ${days} since 1970-01-01 is not of the years 0 to 9999`)
  out.ascii(`"${text.slice(0, 10)}"`)
}
