// Steps that every reader shares. A reader gets the place of a JSON value and returns the place behind it, or `UNSURE`.
//
// Readers do not look where the message ends: a message that ends inside of a value is read on into what follows it, and is found to be too long in the
// end. Zeros behind the last message stop every reader, and what is written lies within the room that all messages together have.

/** The kernel cannot prove that zod accepts the message. */
export const UNSURE: usize = 0

export const QUOTE: u32 = 0x22
export const COMMA: u32 = 0x2c
export const COLON: u32 = 0x3a
export const BACKSLASH: u32 = 0x5c
const SPACE: u32 = 0x20

/** Returns where the JSON white space at `at` ends. */
export function space(at: usize): usize {
  let byte: u32 = load<u8>(at)
  while (byte <= SPACE && (byte == SPACE || byte == 0x0a || byte == 0x0d || byte == 0x09)) byte = load<u8>(++at)
  return at
}

/** Returns whether a literal stands at a place: pairs of 16 bytes and of 16 bytes that select those which count. */
export function startsWith(at: usize, literal: usize, length: u32): bool {
  let differs = v128.and(v128.xor(v128.load(at), v128.load(literal)), v128.load(literal, 16))
  for (let i: u32 = 16; i < length; i += 16) {
    const pair = literal + 2 * i
    differs = v128.or(differs, v128.and(v128.xor(v128.load(at + i), v128.load(pair)), v128.load(pair, 16)))
  }
  return !v128.any_true(differs)
}

/** Writes one of the bits that a column has for its rows. */
export function putBit(bits: usize, row: u32, yes: bool): void {
  const place = bits + (row >> 3)
  const bit: u32 = 1 << (row & 7)
  const byte: u32 = load<u8>(place)
  store<u8>(place, yes ? byte | bit : byte & ~bit)
}
