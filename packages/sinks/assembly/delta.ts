import { putVarint, zigzag } from './bytes'

// DELTA_BINARY_PACKED: blocks of 128 differences, each less the smallest of its block, packed in four parts of 32 at a width of their own.

const BLOCK: u32 = 128
const PART: u32 = 32
const PARTS: u32 = 4

/** Packs 32 numbers of `width` bits. */
function putPart(at: usize, deltas: usize, width: u32): usize {
  if (width <= 32) {
    let word: u64 = 0
    let filled: u32 = 0
    for (let i: usize = 0; i < PART; i++) {
      word |= load<u64>(deltas + (i << 3)) << filled
      filled += width
      if (filled >= 32) {
        store<u32>(at, <u32>word)
        at += 4
        word >>= 32
        filled -= 32
      }
    }
    return at
  }
  // Wider ones: 64 bits at a time, with what is left of a number that did not fit.
  let word: u64 = 0
  let filled: u32 = 0
  for (let i: usize = 0; i < PART; i++) {
    const value = load<u64>(deltas + (i << 3))
    word |= value << filled
    if (filled + width >= 64) {
      store<u64>(at, word)
      at += 8
      word = filled == 0 ? 0 : value >> (64 - filled)
      filled = filled + width - 64
    } else filled += width
  }
  // Odd widths end in the middle of a word.
  if (filled > 0) {
    store<u32>(at, <u32>word)
    at += 4
  }
  return at
}

/** Writes a block: its smallest difference, four widths, four parts. `deltas` holds `count` differences and has room for 128. */
function putBlock(at: usize, deltas: usize, count: u32, least: i64, mask: u64): usize {
  at = putVarint(at, zigzag(least))
  const widths = at
  at += PARTS
  for (let i: usize = 0; i < BLOCK; i++) {
    const place = deltas + (i << 3)
    store<u64>(place, i < count ? (load<u64>(place) - <u64>least) & mask : 0)
  }
  for (let part: u32 = 0; part < PARTS; part++) {
    const from = deltas + ((<usize>(part * PART)) << 3)
    let bits: u64 = 0
    for (let i: usize = 0; i < PART; i++) bits |= load<u64>(from + (i << 3))
    const width = 64 - <u32>clz(bits)
    store<u8>(widths + part, width)
    at = putPart(at, from, width)
  }
  return at
}

function putHead(at: usize, count: u32, first: i64): usize {
  return putVarint(putVarint(putVarint(putVarint(at, BLOCK), PARTS), count), zigzag(first))
}

/** Encodes 64-bit integers; `scratch` is 1 KiB. Returns the encoded length. */
export function delta64(values: usize, count: u32, scratch: usize, target: usize): u32 {
  let out = putHead(target, count, count > 0 ? load<i64>(values) : 0)
  for (let at: u32 = 1; at < count; at += BLOCK) {
    const length = count - at < BLOCK ? count - at : BLOCK
    let least = i64.MAX_VALUE
    for (let i: u32 = 0; i < length; i++) {
      const place = values + ((<usize>(at + i)) << 3)
      const delta = load<i64>(place) - load<i64>(place - 8)
      store<i64>(scratch + ((<usize>i) << 3), delta)
      if (delta < least) least = delta
    }
    out = putBlock(out, scratch, length, least, ~(<u64>0))
  }
  return <u32>(out - target)
}

/** Encodes 32-bit integers, whose differences wrap at 32 bits; `scratch` is 1 KiB. Returns the encoded length. */
export function delta32(values: usize, count: u32, scratch: usize, target: usize): u32 {
  let out = putHead(target, count, count > 0 ? load<i32>(values) : 0)
  for (let at: u32 = 1; at < count; at += BLOCK) {
    const length = count - at < BLOCK ? count - at : BLOCK
    let least = i32.MAX_VALUE
    for (let i: u32 = 0; i < length; i++) {
      const place = values + ((<usize>(at + i)) << 2)
      const delta = load<i32>(place) - load<i32>(place - 4)
      store<i64>(scratch + ((<usize>i) << 3), delta)
      if (delta < least) least = delta
    }
    out = putBlock(out, scratch, length, least, 0xffffffff)
  }
  return <u32>(out - target)
}
