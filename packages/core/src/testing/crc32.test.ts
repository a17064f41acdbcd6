import { crc32 as ofNode } from 'node:zlib'
import { expect, it } from 'vitest'
import { crc32 } from './crc32.ts'

it.each([[[]], [[0]], [[255, 0, 128, 7]], [Array.from({ length: 1000 }, (_, i) => (i * i) % 251)]])('is that of node:zlib: %j', (bytes) => {
  expect(crc32(Uint8Array.from(bytes))).toBe(ofNode(Uint8Array.from(bytes)))
})
