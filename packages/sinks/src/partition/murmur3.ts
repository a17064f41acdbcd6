const C1 = 0xcc9e2d51
const C2 = 0x1b873593

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by))
const mix = (block: number): number => Math.imul(rotate(Math.imul(block, C1), 15), C2)

/**
 * Returns the 32-bit Murmur3 hash of the bytes `[from, to)` with seed 0, as a signed integer: `murmur3_x86_32`, by which Iceberg and Spark divide rows into
 * buckets.
 *
 * @example
 * murmur3(new TextEncoder().encode('iceberg'), 0, 7) // 1210000089
 */
export function murmur3(bytes: Uint8Array, from: number, to: number): number {
  const byte = (at: number) => bytes[at] as number
  let hash = 0
  let at = from
  for (; at + 4 <= to; at += 4) {
    const block = byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24)
    hash = (Math.imul(rotate(hash ^ mix(block), 13), 5) + 0xe6546b64) | 0
  }
  let rest = 0
  for (let i = to - 1; i >= at; i--) rest = (rest << 8) | byte(i)
  if (at < to) hash ^= mix(rest)
  hash ^= to - from
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
