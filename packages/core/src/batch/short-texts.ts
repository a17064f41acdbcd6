/** Longer texts, in bytes, are not cached: those that repeat most, such as client ids, are short. */
const LONGEST = 16
const SLOTS = 1 << 16

const lengths = new Uint8Array(SLOTS)
const kept = new Uint8Array(SLOTS * LONGEST)
const texts: (string | undefined)[] = new Array(SLOTS)

/**
 * Returns the text of ASCII bytes `[from, to)`, or undefined where it is longer than 16 bytes or not ASCII. Equal texts are mostly the same string
 * object, whose hash is known: sets and maps of clients then cost a third. Each of 65,536 slots holds the last text that fell on it, which bounds
 * the memory.
 */
export function shortText(bytes: Uint8Array, from: number, to: number): string | undefined {
  const length = to - from
  if (length > LONGEST) return undefined
  // FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/
  let hash = 0x811c9dc5
  let all = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    all |= byte
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  if (all > 127) return undefined
  const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1)
  const at = slot * LONGEST
  const found = texts[slot]
  if (found !== undefined && lengths[slot] === length) {
    let i = 0
    while (i < length && kept[at + i] === bytes[from + i]) i++
    if (i === length) return found
  }
  let text = ''
  for (let i = 0; i < length; i++) {
    const byte = bytes[from + i] as number
    kept[at + i] = byte
    text += String.fromCharCode(byte)
  }
  lengths[slot] = length
  texts[slot] = text
  return text
}
