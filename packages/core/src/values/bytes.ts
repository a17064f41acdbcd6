import * as z from 'zod'
import { base64Of } from './json-text.ts'

/** Returns the bytes of base64. It marks the zod type of `bytes()`, too. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))

/**
 * Returns the zod type of bytes: base64 text in messages, a `Uint8Array` in rows, BINARY in files and databases.
 *
 * @example
 * bytes().parse('AQI=') // Uint8Array [1, 2]
 */
export function bytes() {
  return z.codec(z.base64(), z.instanceof(Uint8Array), { decode: bytesOf, encode: base64Of })
}

/** Returns whether a transform is that of `bytes()`. */
export const isBytes = (transform: unknown): boolean => transform === bytesOf
