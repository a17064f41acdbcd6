import { expect, test } from 'vitest'
import { murmur3 } from './murmur3.ts'

// Of the reference implementation with seed 0: texts of every length modulo 4, and bytes above 127.
test.each([
  ['', 0],
  ['a', 0x3c2569b2],
  ['hello', 0x248bfa47],
  ['iceberg', 1210000089],
  ['hello, world', 0x149bbb7f],
  ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
])('the hash of "%s" is the one of murmur3_x86_32', (text, hash) => {
  const bytes = new TextEncoder().encode(`--${text}--`)
  expect(murmur3(bytes, 2, bytes.length - 2)).toBe(hash)
})
