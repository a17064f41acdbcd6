import type { FixedStore, WideStore } from '../../store/stores.ts'
import { type Read, UNSURE } from './read.ts'
import type { NumberRule } from './rules.ts'

/** More digits than this may not be exact in a double. */
const EXACT = 15
/** Longer numbers, in bytes, are left to JSON.parse. */
const LONGEST = 1000
const powers = Float64Array.from({ length: EXACT + 1 }, (_, i) => 10 ** i)

/** Holds the number that `scanNumber` read last. A typed array, since a double in a variable would be allocated each time. */
export const scanned = new Float64Array(1)

/** Returns ASCII as a text; short ones alone, since each byte is an argument. */
export const asciiText = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39

/** Reads the JSON number at `at` into `scanned` as JSON.parse does, and returns where it ends, or `UNSURE` when there is none. */
export function scanNumber(bytes: Uint8Array, at: number, end: number): number {
  let i = at
  const negative = i < end && bytes[i] === 0x2d
  if (negative) i++
  const first = i
  let mantissa = 0
  for (; i < end && isDigit(bytes[i]); i++) mantissa = mantissa * 10 + ((bytes[i] as number) - 0x30)
  let digits = i - first
  if (digits === 0 || (digits > 1 && bytes[first] === 0x30)) return UNSURE
  let fraction = 0
  let exponent = false
  if (i < end && bytes[i] === 0x2e) {
    const point = i++
    for (; i < end && isDigit(bytes[i]); i++) mantissa = mantissa * 10 + ((bytes[i] as number) - 0x30)
    fraction = i - point - 1
    if (fraction === 0) return UNSURE
    digits += fraction
  }
  if (i < end && ((bytes[i] as number) | 0x20) === 0x65) {
    exponent = true
    i++
    if (i < end && (bytes[i] === 0x2b || bytes[i] === 0x2d)) i++
    const from = i
    while (i < end && isDigit(bytes[i])) i++
    if (i === from) return UNSURE
  }
  if (digits > EXACT || exponent) {
    if (i - at > LONGEST) return UNSURE
    scanned[0] = Number(asciiText(bytes, at, i))
  } else {
    // Both are exact, so the one division rounds as parsing the text would.
    const value = fraction === 0 ? mantissa : mantissa / (powers[fraction] as number)
    scanned[0] = negative ? -value : value
  }
  return i
}

/** Returns a reader of numbers within a rule into doubles, 32-bit or 64-bit integers. */
export function numberReader(store: FixedStore | WideStore, rule: NumberRule): Read {
  const { integer, min, max, above, below } = rule
  const put = 'put' in store ? (row: number, value: number) => store.put(row, value) : null
  return (bytes, _, at, end, row) => {
    const next = scanNumber(bytes, at, end)
    if (next === UNSURE) return UNSURE
    const value = scanned[0] as number
    if (!(value >= min && value <= max && value > above && value < below) || (integer && !Number.isSafeInteger(value))) return UNSURE
    if (put) put(row, value)
    else (store as FixedStore).values[row] = value
    return next
  }
}
