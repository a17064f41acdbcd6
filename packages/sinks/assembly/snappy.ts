import { copy16, putVarint } from './bytes'

// The snappy format (google/snappy, format_description.txt). Blocks of 64 KiB, so that a place inside a block fits 16 bits.

const BLOCK: u32 = 65536
/** Blocks shorter than this are not searched for matches. */
const MIN_SEARCH: u32 = 32
/** No match begins this close to the end of a block, so that 8 bytes can always be read at once. */
const MARGIN: u32 = 16
const MAX_HASH_BITS: u32 = 14

/** Writes bytes that repeat nothing. */
function putLiteral(target: usize, source: usize, length: u32): usize {
  const tag = length - 1
  if (tag < 60) {
    store<u8>(target++, tag << 2)
    copy16(target, source)
    if (length > 16) {
      copy16(target + 16, source + 16)
      copy16(target + 32, source + 32)
      copy16(target + 48, source + 48)
    }
    return target + length
  }
  const width: u32 = tag < 1 << 8 ? 1 : tag < 1 << 16 ? 2 : tag < 1 << 24 ? 3 : 4
  store<u8>(target++, (59 + width) << 2)
  store<u32>(target, tag)
  target += width
  memory.copy(target, source, length)
  return target + length
}

/** Writes "copy `length` bytes (at most 64) from `distance` bytes before". */
function putCopy(target: usize, distance: u32, length: u32): usize {
  if (length < 12 && distance < 2048) {
    store<u8>(target, 1 | ((length - 4) << 2) | ((distance >> 8) << 5))
    store<u8>(target, distance, 1)
    return target + 2
  }
  store<u8>(target, 2 | ((length - 1) << 2))
  store<u16>(target, distance, 1)
  return target + 3
}

/** Writes a copy of any length, in parts of 64 bytes; the last part has 4 at least. */
function putCopies(target: usize, distance: u32, length: u32): usize {
  while (length >= 68) {
    target = putCopy(target, distance, 64)
    length -= 64
  }
  if (length > 64) {
    target = putCopy(target, distance, 60)
    length -= 60
  }
  return putCopy(target, distance, length)
}

/** Returns how many bytes at `before` and `at` are equal; `at` ends at `end`. */
function matchLength(before: usize, at: usize, end: usize): u32 {
  const start = at
  while (at + 16 <= end) {
    const equal: i32 = i8x16.bitmask(i8x16.eq(v128.load(before), v128.load(at)))
    if (equal != 0xffff) return <u32>(at - start) + ctz(~equal)
    before += 16
    at += 16
  }
  while (at < end && load<u8>(before) == load<u8>(at)) {
    before++
    at++
  }
  return <u32>(at - start)
}

/** Returns the place in the table for five bytes: fewer false matches than four, and text seldom repeats less. */
function slotOf(table: usize, at: usize, shift: u32): usize {
  const hash = load<u32>(at) * 0x1e35a7bd + <u32>load<u8>(at, 4) * 0x9e3779b1
  return table + ((<usize>(hash >> shift)) << 1)
}

function compressBlock(start: usize, length: u32, table: usize, target: usize): usize {
  const end = start + length
  let literal = start
  if (length >= MIN_SEARCH) {
    let bits: u32 = MAX_HASH_BITS
    while (bits > 8 && (<u32>1) << (bits - 1) >= length) bits--
    const shift = 32 - bits
    memory.fill(table, 0, 2 << bits)
    const limit = end - MARGIN
    let at = start + 1
    // The longer nothing repeats, the larger the steps: what does not compress costs little.
    let misses: u32 = 32
    while (at <= limit) {
      const slot = slotOf(table, at, shift)
      const before = start + load<u16>(slot)
      store<u16>(slot, <u16>(at - start))
      if (load<u32>(before) != load<u32>(at)) {
        at += misses >> 5
        misses++
        continue
      }
      misses = 32
      if (at > literal) target = putLiteral(target, literal, <u32>(at - literal))
      const matched = 4 + matchLength(before + 4, at + 4, end)
      target = putCopies(target, <u32>(at - before), matched)
      at += matched
      literal = at
      if (at <= limit) store<u16>(slotOf(table, at - 1, shift), <u16>(at - 1 - start))
    }
  }
  return literal < end ? putLiteral(target, literal, <u32>(end - literal)) : target
}

/** Compresses; `table` is 32 KiB of scratch. Returns the compressed length. */
export function snappy(source: usize, length: u32, table: usize, target: usize): u32 {
  let out = putVarint(target, length)
  for (let at: u32 = 0; at < length; at += BLOCK) {
    const rest = length - at
    out = compressBlock(source + at, rest < BLOCK ? rest : BLOCK, table, out)
  }
  return <u32>(out - target)
}

/** Writes a valid snappy stream that repeats nothing, for bytes that do not compress. Returns its length. */
export function stored(source: usize, length: u32, target: usize): u32 {
  let out = putVarint(target, length)
  if (length > 0) out = putLiteral(out, source, length)
  return <u32>(out - target)
}
