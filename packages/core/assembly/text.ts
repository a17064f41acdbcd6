import { BACKSLASH, QUOTE, UNSURE } from './bytes'
import { BLOCKS, LENGTH, MAX_LENGTH, MIN_LENGTH, NEXT, OFFSETS, PATTERNS, RANGES, SEQUENCE, STARTS, TABLE, VALUES } from './field-block'
import { matchesPatterns } from './host'
import { countText, escapedCharacter, escapeLength, putCharacter, sequenceLength, units } from './utf8'

/** Where the text that `copyText` wrote ends. */
let textEnd: usize = 0

/** Writes the text behind the quote before `at`, 16 bytes at a time. Returns the place behind its closing quote. */
function copyText(at: usize, to: usize): usize {
  const quotes = i8x16.splat(0x22)
  const backslashes = i8x16.splat(0x5c)
  // Bytes above 0x7f are negative.
  const lowest = i8x16.splat(0x20)
  while (true) {
    const bytes = v128.load(at)
    v128.store(to, bytes)
    const marked = v128.or(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)), i8x16.lt_s(bytes, lowest))
    if (!v128.any_true(marked)) {
      at += 16
      to += 16
      continue
    }
    // What was written behind a marked byte is right if that byte belongs to a character, and is written again otherwise.
    let marks: u32 = i8x16.bitmask(marked)
    while (true) {
      const plain: u32 = ctz(marks)
      const byte: u32 = load<u8>(at + plain)
      if (byte == QUOTE) {
        textEnd = to + plain
        return at + plain + 1
      }
      if (byte >= 0x80) {
        const length = sequenceLength(at + plain)
        if (length == 0) return UNSURE
        if (plain + length > 15) {
          store<u32>(to + plain, load<u32>(at + plain))
          at += plain + length
          to += plain + length
          break
        }
        marks &= ~(((1 << length) - 1) << plain)
        if (marks != 0) continue
        at += 16
        to += 16
        break
      }
      if (byte != BACKSLASH) return UNSURE
      const character = escapedCharacter(at + plain)
      if (character < 0) return UNSURE
      to = putCharacter(to + plain, character)
      at += plain + escapeLength(at + plain, character)
      break
    }
  }
}

/** Copies a text of a fixed form, whose positions each have their ranges of bytes. Returns the place behind its quote, or `UNSURE`. */
function copySequence(sequence: usize, at: usize, to: usize): usize {
  const length: usize = load<u32>(sequence, LENGTH)
  if (load<u8>(at + length) != QUOTE) return UNSURE
  const blocks = load<u32>(sequence, BLOCKS)
  const ranges = load<u32>(sequence, RANGES)
  const starts = load<usize>(sequence, STARTS)
  let table = load<usize>(sequence, TABLE)
  let fits = i8x16.splat(-1)
  for (let b: usize = 0; b < blocks; b++) {
    const start: usize = load<u32>(starts + (b << 2))
    const bytes = v128.load(at + start)
    v128.store(to + start, bytes)
    let inRange = i8x16.le_u(i8x16.sub(bytes, v128.load(table)), v128.load(table, 16))
    for (let r: u32 = 1; r < ranges; r++) {
      table += 32
      inRange = v128.or(inRange, i8x16.le_u(i8x16.sub(bytes, v128.load(table)), v128.load(table, 16)))
    }
    table += 32
    fits = v128.and(fits, inRange)
  }
  if (!i8x16.all_true(fits)) return UNSURE
  textEnd = to + length
  return at + length + 1
}

/** Returns whether the length and the patterns of a field allow a text. */
function fitsRule(field: usize, from: usize, to: usize): bool {
  const size = <u64>(to - from)
  const min = <u64>load<u32>(field, MIN_LENGTH)
  const max = <u64>load<u32>(field, MAX_LENGTH)
  // A code point has one to four bytes, so most lengths are decided without counting.
  if (size < min * 4 || size > max) {
    if (size < min) return false
    const points = countText(from, to)
    if (points < min || units > max) return false
  }
  const patterns = load<i32>(field, PATTERNS)
  return patterns < 0 || matchesPatterns(patterns, from, to)
}

/** Reads a text into its column. */
export function readText(field: usize, at: usize, row: u32): usize {
  if (load<u8>(at) != QUOTE) return UNSURE
  const offsets = load<usize>(field, OFFSETS) + ((<usize>row) << 2)
  const values = load<usize>(field, VALUES)
  const from = values + load<u32>(offsets)
  for (let sequence = load<usize>(field, SEQUENCE); sequence != 0; sequence = load<usize>(sequence, NEXT)) {
    const next = copySequence(sequence, at + 1, from)
    if (next == UNSURE) continue
    store<u32>(offsets, <u32>(textEnd - values), 4)
    return next
  }
  const next = copyText(at + 1, from)
  if (next == UNSURE || !fitsRule(field, from, textEnd)) return UNSURE
  store<u32>(offsets, <u32>(textEnd - values), 4)
  return next
}
