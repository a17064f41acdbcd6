import { expect, test } from 'vitest'
import { framed, idIn } from './framing.ts'

test('a value is read with the id that it was written with', () => {
  const bytes = framed(0xfedcba98, Uint8Array.of(1, 2))
  expect([...bytes]).toEqual([0, 0xfe, 0xdc, 0xba, 0x98, 1, 2])
  expect(idIn(bytes, 0, bytes.length)).toBe(0xfedcba98)
})

test.each([[[]], [[0, 0, 0, 1]], [[1, 0, 0, 0, 1]], [[0x7b, 0x7d, 0, 0, 0, 0]]])('%j has no id', (bytes) => {
  expect(idIn(Uint8Array.from(bytes), 0, bytes.length)).toBe(null)
})

test('a tombstone, which ends before its start, has no id', () => {
  expect(idIn(Uint8Array.of(0, 0, 0, 0, 1), 0, -1)).toBe(null)
})
