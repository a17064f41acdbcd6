import { QUOTE, startsWith } from './bytes'
import { LITERAL, LITERAL_BYTES, LITERAL_COUNT, LITERAL_LENGTH, LITERAL_TEXT, LITERALS, LONGEST, MASK, SLOTS, UNUSED } from './field-block'

/** Where the last name that was found ends, behind its quote. */
export let nameEnd: usize = 0

/** Returns the slot at which a search for the name between `from` and the quote at `to` begins. */
function slotOf(from: usize, to: usize, mask: u32): u32 {
  const length = to - from
  // Its first eight bytes, its last eight, and its length; of a shorter name what there is, and zeros.
  const start = length >= 8 ? load<u64>(from) : length == 0 ? 0 : load<u64>(from) & (~(<u64>0) >> (64 - 8 * length))
  const end = length > 8 ? load<u64>(to - 8) : 0
  let mixed = (start ^ (end << 1) ^ length) * 0x9e3779b97f4a7c15
  mixed ^= mixed >> 29
  return <u32>(mixed >> 32) & mask
}

/** Returns where the next quote is, from `at` to 16 bytes behind `length` more; 0 where there is none. */
function quoteAt(at: usize, length: usize): usize {
  const quotes = i8x16.splat(0x22)
  for (let i: usize = 0; i <= length; i += 16) {
    const marks = i8x16.bitmask(i8x16.eq(v128.load(at + i), quotes))
    if (marks != 0) return at + i + ctz(marks)
  }
  return 0
}

/** Enters the names into their slots, which hold -1. */
export function indexNames(names: usize): void {
  const slots = load<usize>(names, SLOTS)
  const mask = load<u32>(names, MASK)
  const literals = load<usize>(names, LITERALS)
  const count = load<u32>(names, LITERAL_COUNT)
  for (let i: u32 = 0; i < count; i++) {
    const entry = literals + LITERAL_BYTES * i
    const length = load<u32>(entry, LITERAL_LENGTH)
    if (length == UNUSED) continue
    const text = load<usize>(entry, LITERAL_TEXT)
    let slot = slotOf(text + 1, text + length - 1, mask)
    while (load<i32>(slots + ((<usize>slot) << 2)) >= 0) slot = (slot + 1) & mask
    store<i32>(slots + ((<usize>slot) << 2), i)
  }
}

/** Returns the number of the name that stands, in quotes, at `at`; -1 if it is none of them. */
export function findName(names: usize, at: usize): i32 {
  if (load<u8>(at) != QUOTE) return -1
  const longest = load<u32>(names, LONGEST)
  const quote = quoteAt(at + 1, longest)
  if (quote == 0) return -1
  const slots = load<usize>(names, SLOTS)
  const mask = load<u32>(names, MASK)
  const literals = load<usize>(names, LITERALS)
  const length = <u32>(quote - at) + 1
  let slot = slotOf(at + 1, quote, mask)
  while (true) {
    const index = load<i32>(slots + ((<usize>slot) << 2))
    if (index < 0) return -1
    const entry = literals + LITERAL_BYTES * index
    if (load<u32>(entry, LITERAL_LENGTH) == length && startsWith(at, load<usize>(entry, LITERAL), length)) {
      nameEnd = quote + 1
      return index
    }
    slot = (slot + 1) & mask
  }
}
