/** Writes an unsigned LEB128 number and returns the place behind it. */
export function putVarint(bytes: Uint8Array, at: number, value: number | bigint): number {
  let rest = BigInt(value)
  let next = at
  while (rest >= 128n) {
    bytes[next++] = Number(rest & 127n) | 128
    rest >>= 7n
  }
  bytes[next++] = Number(rest)
  return next
}

/** Maps signed numbers to unsigned ones, so that small ones stay small: 0, -1, 1, -2 → 0, 1, 2, 3. */
export const zigzag = (value: bigint): bigint => (value >= 0n ? value << 1n : (-value << 1n) - 1n)
