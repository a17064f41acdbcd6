/** Returns how many bytes the UTF-8 sequence at `at` has (2 to 4), or 0 when no valid one ends before `end`. The lead byte must be above 0x7f. */
export function sequenceAt(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] as number
  if (lead < 0xc2 || at + 1 >= end) return 0
  const second = bytes[at + 1] as number
  if ((second & 0xc0) !== 0x80) return 0
  if (lead < 0xe0) return 2
  if (at + 2 >= end || ((bytes[at + 2] as number) & 0xc0) !== 0x80) return 0
  // 0xe0 and 0xf0 with a low second byte would be overlong; 0xed with a high one half a surrogate pair; 0xf4 with a high one beyond Unicode.
  if (lead < 0xf0) return (lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f) ? 0 : 3
  if (at + 3 >= end || ((bytes[at + 3] as number) & 0xc0) !== 0x80) return 0
  if (lead > 0xf4 || (lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f)) return 0
  return 4
}

/** Returns how many code points and UTF-16 units valid UTF-8 has. */
export function countText(bytes: Uint8Array, from: number, to: number): { points: number; units: number } {
  let points = 0
  let units = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    if ((byte & 0xc0) === 0x80) continue
    points++
    units += byte >= 0xf0 ? 2 : 1
  }
  return { points, units }
}

const simple: Readonly<Record<number, number>> = { 34: 0x22, 92: 0x5c, 47: 0x2f, 98: 0x08, 102: 0x0c, 110: 0x0a, 114: 0x0d, 116: 0x09 }

/** Returns the UTF-16 unit of the four hexadecimal digits at `at`, or -1. */
function unitAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1
  let unit = 0
  for (let i = at; i < at + 4; i++) {
    const byte = bytes[i] as number
    const lower = byte | 0x20
    if (byte >= 0x30 && byte <= 0x39) unit = unit * 16 + byte - 0x30
    else if (lower >= 0x61 && lower <= 0x66) unit = unit * 16 + lower - 0x57
    else return -1
  }
  return unit
}

/** Returns the character of the JSON escape at `at`, or of the two escapes of a surrogate pair. Returns -1 for an invalid escape, and for half of a pair. */
export function escapeAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return -1
  const kind = bytes[at + 1] as number
  if (kind !== 0x75) return simple[kind] ?? -1
  const unit = unitAt(bytes, at + 2, end)
  if ((unit & 0xf800) !== 0xd800) return unit
  if (unit >= 0xdc00 || bytes[at + 6] !== 0x5c || bytes[at + 7] !== 0x75) return -1
  const low = unitAt(bytes, at + 8, end)
  return (low & 0xfc00) === 0xdc00 ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : -1
}

/** Returns how long the escape at `at` is that gave a character. */
export const escapeLength = (bytes: Uint8Array, at: number, character: number): number => (bytes[at + 1] !== 0x75 ? 2 : character < 0x10000 ? 6 : 12)

/** Writes a character as UTF-8, and returns where it ends. */
export function putChar(out: Uint8Array, at: number, code: number): number {
  let to = at
  if (code < 0x80) out[to++] = code
  else {
    if (code < 0x800) out[to++] = 0xc0 | (code >> 6)
    else {
      if (code < 0x10000) out[to++] = 0xe0 | (code >> 12)
      else {
        out[to++] = 0xf0 | (code >> 18)
        out[to++] = 0x80 | ((code >> 12) & 0x3f)
      }
      out[to++] = 0x80 | ((code >> 6) & 0x3f)
    }
    out[to++] = 0x80 | (code & 0x3f)
  }
  return to
}
