import { BACKSLASH, QUOTE } from './bytes'

/** `\\u` as a number. */
const UNICODE_ESCAPE: u32 = 0x755c

/** Returns the bytes of the UTF-8 sequence at `at`, which is not ASCII; 0 where it is invalid. */
export function sequenceLength(at: usize): u32 {
  const lead: u32 = load<u8>(at)
  const second: u32 = load<u8>(at, 1)
  if (lead < 0xc2 || (second & 0xc0) != 0x80) return 0
  if (lead < 0xe0) return 2
  if ((<u32>load<u8>(at, 2) & 0xc0) != 0x80) return 0
  // Neither longer than needed, nor half of a surrogate pair, nor above U+10FFFF.
  if (lead < 0xf0) return (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ? 0 : 3
  if ((<u32>load<u8>(at, 3) & 0xc0) != 0x80) return 0
  return lead > 0xf4 || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f) ? 0 : 4
}

/** Returns the value of a hexadecimal digit, or -1. */
export function hexDigit(byte: u32): i32 {
  if (byte - 0x30 <= 9) return <i32>byte - 0x30
  const lower = byte | 0x20
  return lower - 0x61 <= 5 ? <i32>lower - 0x57 : -1
}

/** Returns the UTF-16 unit of four hexadecimal digits, or -1. */
function unitAt(at: usize): i32 {
  let unit = 0
  for (let i: usize = 0; i < 4; i++) {
    const digit = hexDigit(load<u8>(at + i))
    if (digit < 0) return -1
    unit = unit * 16 + digit
  }
  return unit
}

/** Returns the character of the JSON escape at `at`, which is two where a pair of surrogates is written; -1 for an invalid one, and for half of a pair. */
export function escapedCharacter(at: usize): i32 {
  const kind: u32 = load<u8>(at, 1)
  switch (kind) {
    case 0x75: {
      const unit = unitAt(at + 2)
      if ((unit & 0xf800) != 0xd800) return unit
      if (unit >= 0xdc00 || load<u16>(at, 6) != UNICODE_ESCAPE) return -1
      const low = unitAt(at + 8)
      return (low & 0xfc00) == 0xdc00 ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : -1
    }
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
      return kind
    case 0x62:
      return 0x08
    case 0x66:
      return 0x0c
    case 0x6e:
      return 0x0a
    case 0x72:
      return 0x0d
    case 0x74:
      return 0x09
    default:
      return -1
  }
}

/** Returns how long the escape at `at` is that gave a character. */
export function escapeLength(at: usize, character: i32): usize {
  return load<u8>(at, 1) != 0x75 ? 2 : character < 0x10000 ? 6 : 12
}

/** Writes a character as UTF-8, and returns where it ends. */
export function putCharacter(to: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(to, code)
    return to + 1
  }
  if (code < 0x800) store<u8>(to++, 0xc0 | (code >> 6))
  else {
    if (code < 0x10000) store<u8>(to++, 0xe0 | (code >> 12))
    else {
      store<u8>(to++, 0xf0 | (code >> 18))
      store<u8>(to++, 0x80 | ((code >> 12) & 0x3f))
    }
    store<u8>(to++, 0x80 | ((code >> 6) & 0x3f))
  }
  store<u8>(to, 0x80 | (code & 0x3f))
  return to + 1
}

/** How many UTF-16 units `countText` counted. */
export let units: u32 = 0

/** Returns how many code points valid UTF-8 has, and counts its UTF-16 units. */
export function countText(from: usize, to: usize): u32 {
  let points: u32 = 0
  units = 0
  for (let at = from; at < to; at++) {
    const byte: u32 = load<u8>(at)
    if ((byte & 0xc0) == 0x80) continue
    points++
    units += byte >= 0xf0 ? 2 : 1
  }
  return points
}
