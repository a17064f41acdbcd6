import { putVarint } from './bytes'

// Parquet's RLE / bit-packing hybrid: runs of one value, and groups of eight values packed at `width` bits each.

/** Writes a run: its length twice, and the value in whole bytes. */
function putRun(at: usize, value: u32, length: u32, width: u32): usize {
  at = putVarint(at, (<u64>length) << 1)
  store<u32>(at, value)
  return at + ((width + 7) >> 3)
}

/** Writes values packed, in groups of eight; what the last group lacks is zero. */
function putPacked(at: usize, codes: usize, count: u32, width: u32): usize {
  const groups = (count + 7) >> 3
  at = putVarint(at, ((<u64>groups) << 1) | 1)
  let word: u64 = 0
  let filled: u32 = 0
  for (let i: u32 = 0; i < groups << 3; i++) {
    const code: u64 = i < count ? load<u32>(codes + ((<usize>i) << 2)) : 0
    word |= code << filled
    filled += width
    if (filled >= 32) {
      store<u32>(at, <u32>word)
      at += 4
      word >>= 32
      filled -= 32
    }
  }
  // Groups of eight end at whole bytes.
  store<u32>(at, <u32>word)
  return at + (filled >> 3)
}

/** Encodes codes of 32 bits, each below 2^width; returns the encoded length. Eight equal codes at the start of a group begin a run. */
export function hybrid(codes: usize, count: u32, width: u32, target: usize): u32 {
  let out = target
  let packed: u32 = 0
  let at: u32 = 0
  while (at < count) {
    const value = load<u32>(codes + ((<usize>at) << 2))
    let end = at + 1
    while (end < count && load<u32>(codes + ((<usize>end) << 2)) == value) end++
    // A run begins where a group does.
    const start = packed + ((at - packed + 7) & ~7)
    if (end >= start + 8) {
      if (start > packed) out = putPacked(out, codes + ((<usize>packed) << 2), start - packed, width)
      out = putRun(out, value, end - start, width)
      packed = end
    }
    at = end
  }
  if (count > packed) out = putPacked(out, codes + ((<usize>packed) << 2), count - packed, width)
  return <u32>(out - target)
}
