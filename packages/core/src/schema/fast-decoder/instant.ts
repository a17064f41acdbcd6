import type { FixedStore, WideStore } from '../../store/stores.ts'
import { type EpochUnit, epochMillis } from '../../values/epoch.ts'
import { scanNumber, scanned } from './number.ts'
import { QUOTE, type Read, UNSURE } from './read.ts'

const DAY = 86_400_000
const days = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether this engine cuts digits finer than a millisecond, as V8 does: where it rounds, `new Date` has to decide. */
export const cutsDigits = new Date('2026-01-01T00:00:00.9999999Z').getTime() === Date.UTC(2026, 0, 1) + 999

/** No digits. So far below zero that every sum with it is out of range. */
const NONE = -1e9

function two(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 0x30
  const ones = (bytes[at + 1] as number) - 0x30
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? NONE : tens * 10 + ones
}

/** Days from 1970-01-01 to a date of the Gregorian calendar, or NaN when there is no such date. Years 0 to 9999. */
function dayOf(year: number, month: number, day: number): number {
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > (days[month] as number)) return Number.NaN
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return Number.NaN
  // Years begin in March, and 400 later, so that nothing is negative.
  const y = month > 2 ? year + 400 : year + 399
  const m = month > 2 ? month - 3 : month + 9
  return y * 365 + ((y / 4) | 0) - ((y / 100) | 0) + ((y / 400) | 0) + (((153 * m + 2) / 5) | 0) + day - 1 - 719_468 - 146_097
}

/** Returns a reader of ISO 8601 text with seconds and `Z` or an offset, as `instant()` accepts it. */
export function instantReader(store: WideStore): Read {
  return (bytes, _, at, end, row) => {
    // "YYYY-MM-DDTHH:MM:SSZ" with its quotes has 22 bytes.
    if (at + 22 > end || bytes[at] !== QUOTE) return UNSURE
    if (bytes[at + 5] !== 0x2d || bytes[at + 8] !== 0x2d || bytes[at + 11] !== 0x54 || bytes[at + 14] !== 0x3a || bytes[at + 17] !== 0x3a)
      return UNSURE
    const day = dayOf(two(bytes, at + 1) * 100 + two(bytes, at + 3), two(bytes, at + 6), two(bytes, at + 9))
    const hours = two(bytes, at + 12)
    const minutes = two(bytes, at + 15)
    const seconds = two(bytes, at + 18)
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return UNSURE
    let i = at + 20
    let millis = 0
    if (bytes[i] === 0x2e) {
      const point = i
      for (i++; i < end; i++) {
        const digit = (bytes[i] as number) - 0x30
        if (digit >>> 0 > 9) break
        if (i - point <= 3) millis = millis * 10 + digit
      }
      const digits = i - point - 1
      if (digits === 0 || (digits > 3 && !cutsDigits)) return UNSURE
      for (let k = digits; k < 3; k++) millis *= 10
    }
    let offset = 0
    if (i + 1 >= end) return UNSURE
    const zone = bytes[i]
    if (zone === 0x5a) i++
    else if (zone === 0x2b || zone === 0x2d) {
      if (i + 6 >= end || bytes[i + 3] !== 0x3a) return UNSURE
      const hh = two(bytes, i + 1)
      const mm = two(bytes, i + 4)
      if (hh < 0 || hh > 23 || mm < 0 || mm > 59) return UNSURE
      offset = (zone === 0x2b ? 1 : -1) * (hh * 60 + mm) * 60_000
      i += 6
    } else return UNSURE
    const time = day * DAY + hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + millis - offset
    if (bytes[i] !== QUOTE || Number.isNaN(time)) return UNSURE
    store.put(row, time)
    return i + 1
  }
}

/** Returns a reader of `YYYY-MM-DD` text, as `date()` accepts it. */
export function dateReader(store: FixedStore): Read {
  return (bytes, _, at, end, row) => {
    // With its quotes it has 12 bytes.
    if (at + 12 > end || bytes[at] !== QUOTE || bytes[at + 5] !== 0x2d || bytes[at + 8] !== 0x2d || bytes[at + 11] !== QUOTE) return UNSURE
    const day = dayOf(two(bytes, at + 1) * 100 + two(bytes, at + 3), two(bytes, at + 6), two(bytes, at + 9))
    if (Number.isNaN(day)) return UNSURE
    store.values[row] = day
    return at + 12
  }
}

/** The last instant that a `Date` can hold, in epoch milliseconds. */
const MAX_DATE_MS = 8.64e15

/** Returns a reader of epoch time in this unit, as `instant({ epoch })` accepts it. */
export function epochReader(store: WideStore, unit: EpochUnit): Read {
  const millis = epochMillis[unit]
  return (bytes, _, at, end, row) => {
    const next = scanNumber(bytes, at, end)
    if (next === UNSURE) return UNSURE
    const time = millis(scanned[0] as number)
    if (!(time >= -MAX_DATE_MS && time <= MAX_DATE_MS)) return UNSURE
    store.put(row, time)
    return next
  }
}
