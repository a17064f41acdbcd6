import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { TicketsError } from './errors.ts'

/** The length of a hash: 32 bytes as hex digits. */
export const HASH_DIGITS = 64
/** A shorter key can be guessed by trying them all. */
const MIN_KEY_BYTES = 16
const DIGITS = new TextEncoder().encode('0123456789abcdef')

/** Writes the hash of the bytes `[from, to)` at `at` of `out`, as 64 lower-case hex digits in ASCII. */
export type KeyedHash = (bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number) => void

/**
 * Returns HMAC-SHA-256 under a key, which stays inside of the function. A text is its bytes in UTF-8.
 *
 * @throws `OPTION_INVALID`, without the key in it, for a key below 16 bytes
 * @example
 * const hash = keyedHash('0123456789abcdef'); hash(bytes, 0, bytes.length, out, 0) // out: '5ab1…'
 */
export function keyedHash(key: string | Uint8Array): KeyedHash {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : key
  if (!(bytes instanceof Uint8Array)) throw new TicketsError('OPTION_INVALID', 'a key is text or a Uint8Array')
  if (bytes.length < MIN_KEY_BYTES)
    throw new TicketsError('OPTION_INVALID', `a key has at least ${MIN_KEY_BYTES} bytes, got ${bytes.length}: make one with \`openssl rand -hex 32\``)
  // The blocks of the key are hashed once. Each value begins with a copy of that state.
  const keyed = hmac.create(sha256, bytes)
  const state = keyed.clone()
  const digest = new Uint8Array(HASH_DIGITS / 2)
  return (text, from, to, out, at) => {
    keyed._cloneInto(state).update(text.subarray(from, to)).digestInto(digest)
    for (let i = 0; i < digest.length; i++) {
      const byte = digest[i] as number
      out[at + i * 2] = DIGITS[byte >> 4] as number
      out[at + i * 2 + 1] = DIGITS[byte & 15] as number
    }
  }
}

/** Returns the SHA-256 of a text, without a key, as hex digits. */
export const sha256Hex = (text: string): string =>
  [...sha256(new TextEncoder().encode(text))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
