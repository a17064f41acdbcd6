import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WireCursor } from './wire.ts'

const opened = (...bytes: number[]) => {
  const cursor = new WireCursor()
  cursor.open(Uint8Array.from(bytes))
  return cursor
}

const varint = (value: bigint): number[] => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}

test('numbers of 64 bits are read exactly, or are NaN', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value) => {
      const cursor = opened(...varint(value))
      expect(cursor.varint()).toBe(true)
      const exact = (wide: bigint) => (wide <= 2n ** 53n - 1n && wide >= -(2n ** 53n) + 1n ? Number(wide) : Number.NaN)
      expect(cursor.signed()).toBe(exact(BigInt.asIntN(64, value)))
      expect(cursor.unsigned()).toBe(exact(BigInt.asUintN(64, value)))
    }),
  )
})

test.each([[[]], [[0x80]], [Array(10).fill(0x80)], [[...Array(9).fill(0xff), 2]]])('%j is no number', (bytes) => {
  expect(opened(...bytes).varint()).toBe(false)
})

test('fixed numbers are little-endian', () => {
  const cursor = opened(1, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff)
  expect([cursor.fixed64(), cursor.low, cursor.high | 0, cursor.fixed32(), cursor.low, cursor.fixed32(), cursor.fixed64()]).toEqual([
    true,
    1,
    -(2 ** 31),
    true,
    -1,
    false,
    false,
  ])
})

test('a block ends within its message', () => {
  expect([opened(2, 1, 1).block(), opened(3, 1, 1).block(), opened(...varint(2n ** 40n)).block()]).toEqual([3, -1, -1])
})

test('fields of all kinds are passed, but groups', () => {
  const passes = (wire: number, ...bytes: number[]) => {
    const cursor = opened(...bytes)
    return cursor.skip(8 | wire) && cursor.at === bytes.length
  }
  expect([passes(0, 0x80, 1), passes(1, ...Array(8).fill(0)), passes(2, 1, 9), passes(5, 0, 0, 0, 0)]).toEqual([true, true, true, true])
  expect([passes(3), passes(4), passes(2, 5, 1), passes(5, 0)]).toEqual([false, false, false, false])
})
