/** Where in the bytes the last number that was read ended. */
let next = 0

/** Reads a zigzag number of at most 32 bits. */
function varint(bytes: Uint8Array, at: number): number {
  let i = at
  let byte = bytes[i++] ?? 0
  let value = byte & 127
  for (let scale = 128; byte >= 128; scale *= 128) {
    byte = bytes[i++] ?? 0
    value += (byte & 127) * scale
  }
  next = i
  return value % 2 ? -(value + 1) / 2 : value / 2
}

function isAt(bytes: Uint8Array, from: number, length: number, name: Uint8Array): boolean {
  if (length !== name.length) return false
  for (let i = 0; i < length; i++) if (bytes[from + i] !== name[i]) return false
  return true
}

const names = new Map<string, Uint8Array>()

function bytesOf(name: string): Uint8Array {
  let bytes = names.get(name)
  if (!bytes) {
    bytes = new TextEncoder().encode(name)
    names.set(name, bytes)
  }
  return bytes
}

/**
 * Returns the value of a record's header as a view of its bytes; the last one of this name, and null where there is none, or it has no value.
 *
 * @param from where the headers begin, with their number
 * @param to where the record ends
 */
export function headerIn(bytes: Uint8Array, from: number, to: number, name: string): Uint8Array | null {
  const wanted = bytesOf(name)
  let found: Uint8Array | null = null
  let left = varint(bytes, from)
  for (; left > 0 && next < to; left--) {
    const nameLength = varint(bytes, next)
    const key = next
    const valueLength = varint(bytes, key + nameLength)
    const value = next
    next = value + Math.max(0, valueLength)
    if (next > to) return found
    if (isAt(bytes, key, nameLength, wanted)) found = valueLength < 0 ? null : bytes.subarray(value, next)
  }
  return found
}
