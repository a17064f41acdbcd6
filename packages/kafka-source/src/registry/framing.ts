/** The bytes before a value: a zero, and the id of its schema in four bytes. */
export const PREFIX = 5

/** Returns the schema id of the value in `bytes[start, end)`; null for one that has none, such as a tombstone. */
export function idIn(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start < PREFIX || bytes[start] !== 0) return null
  const at = (i: number) => bytes[start + i] as number
  return ((at(1) << 24) | (at(2) << 16) | (at(3) << 8) | at(4)) >>> 0
}

/**
 * Returns a value with its schema id before it.
 *
 * @example
 * framed(1, Uint8Array.of(7)) // Uint8Array [0, 0, 0, 0, 1, 7]
 */
export function framed(id: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PREFIX + body.length)
  new DataView(bytes.buffer).setUint32(1, id)
  bytes.set(body, PREFIX)
  return bytes
}
