import { expect, test } from 'vitest'
import { putVarint, zigzag } from './varint.ts'

test.each([
  [0, [0]],
  [127, [127]],
  [128, [0x80, 1]],
  [300, [0xac, 2]],
  [2n ** 64n - 1n, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]],
])('%s is written seven bits at a time', (value, expected) => {
  const bytes = new Uint8Array(16)
  const end = putVarint(bytes, 1, value)
  expect([...bytes.subarray(1, end)]).toEqual(expected)
})

test('small numbers stay small, whatever their sign', () => {
  expect([0n, -1n, 1n, -2n, 2n ** 63n - 1n, -(2n ** 63n)].map(zigzag)).toEqual([0n, 1n, 2n, 3n, 2n ** 64n - 2n, 2n ** 64n - 1n])
})
