import { expect, test } from 'vitest'
import { readThrift } from '../../test/thrift.ts'
import { ThriftWriter } from './thrift.ts'

test('numbers, texts, structs and lists come back, whatever their ids', () => {
  const bytes = new ThriftWriter()
    .i32(1, -1)
    .i64(2, 2 ** 52)
    .i16(40, 300)
    .binary(41, 'é')
    .bool(42, true)
    .bool(43, false)
    .struct(44, (inner) => void inner.i32(2, 7).struct(3, () => {}))
    .i32(45, 9)
    .end()
  expect(readThrift(bytes)).toEqual({
    struct: { 1: -1, 2: 2 ** 52, 40: 300, 41: Buffer.from('é'), 42: true, 43: false, 44: { 2: 7, 3: {} }, 45: 9 },
    length: bytes.length,
  })
})

test('lists of up to fourteen items have a short head, and longer ones too come back', () => {
  for (const length of [0, 1, 14, 15, 2000]) {
    const numbers = Array.from({ length }, (_, i) => i - 5)
    const bytes = new ThriftWriter()
      .i32s(1, numbers)
      .i64s(2, numbers)
      .bools(
        3,
        numbers.map((n) => n % 2 === 0),
      )
      .binaries(4, numbers.map(String))
      .structs(5, numbers, (inner, item, i) => void inner.i32(1, item).i32(2, i))
      .end()
    expect(readThrift(bytes).struct).toEqual({
      1: numbers,
      2: numbers,
      3: numbers.map((n) => n % 2 === 0),
      4: numbers.map((n) => Buffer.from(String(n))),
      5: numbers.map((n, i) => ({ 1: n, 2: i })),
    })
  }
})

test('is the compact protocol byte by byte', () => {
  expect([...new ThriftWriter().i32(1, 1).i32(17, -2).bool(18, true).i32s(19, [1]).end()]).toEqual([0x15, 2, 0x05, 34, 3, 0x11, 0x19, 0x15, 2, 0])
})
