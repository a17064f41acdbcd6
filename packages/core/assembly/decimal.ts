import { QUOTE, UNSURE } from './bytes'
import { DECIMAL, PRECISION, SCALE, VALUES } from './field-block'
import { putDecimal } from './host'
import { isDigit, skipNumber } from './number'

/** Numbers of at most so many digits of the last place are written here. */
const EXACT_DIGITS: i32 = 15
/** Longer numbers, in bytes, are odd. */
const MAX_NUMBER_BYTES: usize = 1000

/** Reads a number, plain or in quotes, as whole units of its last place in 128 bits. */
export function readDecimal(field: usize, at: usize, row: u32): usize {
  const isText = load<u8>(at) == QUOTE
  const start = isText ? at + 1 : at
  const end = skipNumber(start)
  if (end == UNSURE || end - start > MAX_NUMBER_BYTES || (isText && load<u8>(end) != QUOTE)) return UNSURE
  const next = isText ? end + 1 : end
  const target = load<usize>(field, VALUES) + ((<usize>row) << 4)
  const isNegative = load<u8>(start) == 0x2d
  let unscaled: i64 = 0
  let digits = 0
  let fraction = -1
  for (let i = isNegative ? start + 1 : start; i < end; i++) {
    const byte: u32 = load<u8>(i)
    if (isDigit(byte)) {
      unscaled = unscaled * 10 + (byte - 0x30)
      digits++
      if (fraction >= 0) fraction++
    } else if (byte == 0x2e) fraction = 0
    else digits = EXACT_DIGITS + 1 // An exponent.
  }
  const zeros = load<i32>(field, SCALE) - max(fraction, 0)
  if (zeros < 0 || digits + zeros > EXACT_DIGITS || digits + zeros > load<i32>(field, PRECISION)) {
    return putDecimal(load<u32>(field, DECIMAL), start, end, target) ? next : UNSURE
  }
  for (let i = 0; i < zeros; i++) unscaled *= 10
  if (isNegative) unscaled = -unscaled
  store<i64>(target, unscaled)
  store<i64>(target, unscaled >> 63, 8)
  return next
}
