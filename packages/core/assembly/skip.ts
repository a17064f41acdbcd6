import { BACKSLASH, COLON, COMMA, QUOTE, space, UNSURE } from './bytes'
import { skipNumber } from './number'
import { hexDigit, sequenceLength } from './utf8'

/** Deeper values of unknown keys are odd. */
const MAX_DEPTH: u32 = 32
/** Longer numbers, in bytes, are odd. */
const MAX_NUMBER_BYTES: usize = 1000
// `true`, `null`, and the last four bytes of `false`, as numbers.
export const TRUE: u32 = 0x65757274
export const NULL: u32 = 0x6c6c756e
export const ALSE: u32 = 0x65736c61

/** Returns where the escape at `at` ends. */
function skipEscape(at: usize): usize {
  const kind: u32 = load<u8>(at, 1)
  if (kind == 0x75) {
    for (let i: usize = 2; i < 6; i++) if (hexDigit(load<u8>(at + i)) < 0) return UNSURE
    return at + 6
  }
  const isKnown = kind == QUOTE || kind == BACKSLASH || kind == 0x2f || kind == 0x62 || kind == 0x66 || kind == 0x6e || kind == 0x72 || kind == 0x74
  return isKnown ? at + 2 : UNSURE
}

/** Returns where the string at `at` ends. With `plain`, a string with escapes is odd. */
export function skipString(at: usize, plain: bool): usize {
  if (load<u8>(at) != QUOTE) return UNSURE
  const quotes = i8x16.splat(0x22)
  const backslashes = i8x16.splat(0x5c)
  const lowest = i8x16.splat(0x20)
  at++
  while (true) {
    const bytes = v128.load(at)
    const marks: u32 = i8x16.bitmask(v128.or(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)), i8x16.lt_s(bytes, lowest)))
    if (marks == 0) {
      at += 16
      continue
    }
    at += ctz(marks)
    const byte: u32 = load<u8>(at)
    if (byte == QUOTE) return at + 1
    if (byte >= 0x80) {
      const length = sequenceLength(at)
      if (length == 0) return UNSURE
      at += length
    } else {
      if (byte != BACKSLASH || plain) return UNSURE
      at = skipEscape(at)
      if (at == UNSURE) return UNSURE
    }
  }
}

/** Returns where the JSON value at `at` ends. */
export function skipValue(at: usize, depth: u32): usize {
  if (depth > MAX_DEPTH) return UNSURE
  const byte: u32 = load<u8>(at)
  if (byte == QUOTE) return skipString(at, false)
  if (byte == 0x7b || byte == 0x5b) return skipMembers(at, byte == 0x7b, depth)
  const word = load<u32>(at)
  if (word == TRUE || word == NULL) return at + 4
  if (byte == 0x66 && load<u32>(at, 1) == ALSE) return at + 5
  const end = skipNumber(at)
  return end - at > MAX_NUMBER_BYTES ? UNSURE : end
}

function skipMembers(open: usize, isObject: bool, depth: u32): usize {
  const close: u32 = isObject ? 0x7d : 0x5d
  let at = space(open + 1)
  if (load<u8>(at) == close) return at + 1
  while (true) {
    if (isObject) {
      at = skipString(at, false)
      if (at == UNSURE) return UNSURE
      at = space(at)
      if (load<u8>(at) != COLON) return UNSURE
      at = space(at + 1)
    }
    at = skipValue(at, depth + 1)
    if (at == UNSURE) return UNSURE
    at = space(at)
    const byte: u32 = load<u8>(at++)
    if (byte == close) return at
    if (byte != COMMA) return UNSURE
    at = space(at)
  }
}
