// Steps that every kernel shares. Reads and writes of 16 bytes may pass the end of a region: 64 bytes behind each are free.

/** Copies 16 bytes. */
export function copy16(target: usize, source: usize): void {
  v128.store(target, v128.load(source))
}

/** Writes an unsigned LEB128 number and returns the place behind it. */
export function putVarint(at: usize, value: u64): usize {
  while (value >= 0x80) {
    store<u8>(at++, <u8>value | 0x80)
    value >>= 7
  }
  store<u8>(at++, <u8>value)
  return at
}

/** Maps signed numbers to unsigned ones, so that small ones stay small: 0, -1, 1, -2 → 0, 1, 2, 3. */
export function zigzag(value: i64): u64 {
  return ((<u64>value) << 1) ^ <u64>(value >> 63)
}
