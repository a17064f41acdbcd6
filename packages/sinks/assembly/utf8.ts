/** Returns whether the bytes from `at` on continue a character of `more` bytes behind its first one. */
function continues(at: usize, more: u32): bool {
  for (let i: u32 = 0; i < more; i++) if ((load<u8>(at + i) & 0xc0) != 0x80) return false
  return true
}

/** Returns the bytes of the character at `at`, which is not ASCII; 0 where it is no UTF-8. */
function characterLength(at: usize, end: usize): u32 {
  const first = load<u8>(at)
  const length: u32 = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + length > end || !continues(at + 1, length - 1)) return 0
  const second = load<u8>(at, 1)
  // Neither longer than needed, nor half of a surrogate pair, nor above U+10FFFF.
  if (first == 0xe0 && second < 0xa0) return 0
  if (first == 0xed && second > 0x9f) return 0
  if (first == 0xf0 && second < 0x90) return 0
  if (first == 0xf4 && second > 0x8f) return 0
  return length
}

/** Returns 1 where each of the texts is valid UTF-8, else 0. */
export function validTexts(offsets: usize, bytes: usize, count: u32): u32 {
  let at = bytes + load<u32>(offsets)
  const end = bytes + load<u32>(offsets + ((<usize>count) << 2))
  let isAscii = true
  while (at < end) {
    // The next byte that is not ASCII, if one of sixteen is not; what lies behind the end does not count.
    const others = i8x16.bitmask(v128.load(at))
    at += others == 0 ? 16 : ctz(others)
    if (at >= end || others == 0) continue
    const length = characterLength(at, end)
    if (length == 0) return 0
    isAscii = false
    at += length
  }
  if (isAscii) return 1
  // Together they are valid; each is if none begins inside of a character.
  for (let i: usize = 1; i < count; i++) {
    const start = bytes + load<u32>(offsets + (i << 2))
    if (start < end && (load<u8>(start) & 0xc0) == 0x80) return 0
  }
  return 1
}
