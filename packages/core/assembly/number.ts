import { UNSURE } from './bytes'
import { ABOVE, BELOW, INTEGER, MAX, MICROSECONDS, MIN, SECONDS, UNIT, VALUES } from './field-block'
import { parseNumber } from './host'

/** More digits than this may not be exact in a double. */
const EXACT_DIGITS: u32 = 15
/** Longer numbers, in bytes, are odd. */
const MAX_NUMBER_BYTES: usize = 1000
const MAX_SAFE: f64 = 9007199254740991
/** The last instant that a `Date` can hold, in epoch milliseconds. */
const MAX_DATE_MS: f64 = 8.64e15
const powers = memory.data<f64>([1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15])

/** The number that `scanNumber` read last. */
let scanned: f64 = 0

export function isDigit(byte: u32): bool {
  return byte - 0x30 <= 9
}

/** Returns where the digits at `at` end. */
function digitsEnd(at: usize): usize {
  while (isDigit(load<u8>(at))) at++
  return at
}

/** Returns where the JSON number at `at` ends, without its value. */
export function skipNumber(at: usize): usize {
  if (load<u8>(at) == 0x2d) at++
  const end = digitsEnd(at)
  if (end == at || (end - at > 1 && load<u8>(at) == 0x30)) return UNSURE
  return skipExponent(skipFraction(end))
}

/** Returns where the fraction at `at` ends, if there is one. */
function skipFraction(at: usize): usize {
  if (load<u8>(at) != 0x2e) return at
  const end = digitsEnd(at + 1)
  return end == at + 1 ? UNSURE : end
}

function skipExponent(at: usize): usize {
  if (at == UNSURE || (<u32>load<u8>(at) | 0x20) != 0x65) return at
  at++
  const sign: u32 = load<u8>(at)
  if (sign == 0x2b || sign == 0x2d) at++
  const end = digitsEnd(at)
  return end == at ? UNSURE : end
}

/** Reads the JSON number at `at` as JSON.parse does. */
function scanNumber(start: usize): usize {
  let at = start
  const isNegative = load<u8>(at) == 0x2d
  if (isNegative) at++
  const first = at
  let digits: u64 = 0
  let byte: u32 = load<u8>(at)
  for (; isDigit(byte); byte = load<u8>(++at)) digits = digits * 10 + (byte - 0x30)
  const whole = <u32>(at - first)
  if (whole == 0 || (whole > 1 && load<u8>(first) == 0x30)) return UNSURE
  let fraction: u32 = 0
  if (byte == 0x2e) {
    const point = at
    for (byte = load<u8>(++at); isDigit(byte); byte = load<u8>(++at)) digits = digits * 10 + (byte - 0x30)
    fraction = <u32>(at - point) - 1
    if (fraction == 0) return UNSURE
  }
  const hasExponent = (byte | 0x20) == 0x65
  if (hasExponent) {
    at = skipExponent(at)
    if (at == UNSURE) return UNSURE
  }
  if (hasExponent || whole + fraction > EXACT_DIGITS) {
    if (at - start > MAX_NUMBER_BYTES) return UNSURE
    scanned = parseNumber(start, at)
  } else {
    // Both are exact, so the one division rounds as parsing the text would.
    const value = fraction == 0 ? <f64>digits : <f64>digits / load<f64>(powers + ((<usize>fraction) << 3))
    scanned = isNegative ? -value : value
  }
  return at
}

/** Reads a number within a rule; `scanned` has it. */
function scanRuled(field: usize, at: usize): usize {
  const next = scanNumber(at)
  if (next == UNSURE) return UNSURE
  const isWithin =
    scanned >= load<f64>(field, MIN) && scanned <= load<f64>(field, MAX) && scanned > load<f64>(field, ABOVE) && scanned < load<f64>(field, BELOW)
  if (!isWithin) return UNSURE
  const isSafe = load<u32>(field, INTEGER) == 0 || (Math.trunc(scanned) == scanned && Math.abs(scanned) <= MAX_SAFE)
  return isSafe ? next : UNSURE
}

/** Reads a number into a column of doubles. */
export function readDouble(field: usize, at: usize, row: u32): usize {
  const next = scanRuled(field, at)
  if (next != UNSURE) store<f64>(load<usize>(field, VALUES) + ((<usize>row) << 3), scanned)
  return next
}

/** Reads a number into a column of 32-bit integers. */
export function readInt32(field: usize, at: usize, row: u32): usize {
  const next = scanRuled(field, at)
  if (next != UNSURE) store<i32>(load<usize>(field, VALUES) + ((<usize>row) << 2), <i32>scanned)
  return next
}

/** Reads a number into a column of 64-bit integers. */
export function readInt64(field: usize, at: usize, row: u32): usize {
  const next = scanRuled(field, at)
  if (next != UNSURE) store<i64>(load<usize>(field, VALUES) + ((<usize>row) << 3), <i64>scanned)
  return next
}

/** Reads epoch time in the unit of the field. */
export function readEpoch(field: usize, at: usize, row: u32): usize {
  const next = scanNumber(at)
  if (next == UNSURE) return UNSURE
  const unit = load<i32>(field, UNIT)
  const time = Math.floor(unit == SECONDS ? Math.round(scanned * 1e6) / 1000 : unit == MICROSECONDS ? scanned / 1000 : scanned)
  if (!(time >= -MAX_DATE_MS && time <= MAX_DATE_MS)) return UNSURE
  store<i64>(load<usize>(field, VALUES) + ((<usize>row) << 3), <i64>time)
  return next
}
