import avsc from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AvroCursor } from './cursor.ts'

const opened = (...bytes: number[]) => {
  const cursor = new AvroCursor()
  cursor.open(Uint8Array.from(bytes), 0, bytes.length)
  return cursor
}

const Long = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(value)
    return buffer
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

test('reads every long exactly', () => {
  const near = fc.tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
  const longs = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    near.map(([bits, by, isNegative]) => BigInt.asIntN(64, (isNegative ? -1n : 1n) * 2n ** BigInt(bits) + BigInt(by))),
  )
  fc.assert(
    fc.property(longs, (value) => {
      const bytes = Long.toBuffer(value)
      const cursor = opened(...bytes)
      const read = cursor.long()
      expect(BigInt(read)).toBe(value)
      expect(typeof read).toBe(value > 2n ** 53n - 1n || value < -(2n ** 53n) + 1n ? 'bigint' : 'number')
      expect(cursor.at).toBe(bytes.length)
    }),
    { numRuns: 2000 },
  )
})

test.each([[[]], [[0x80]], [[0x80, 0x80, 0x80, 0x80]], [[0xff, 0xff, 0xff, 0xff, 0xff]], [Array(8).fill(0x80)], [Array(9).fill(0x80)]])(
  'a number cut off after %j is invalid',
  (bytes) => {
    expect(() => opened(...bytes).long()).toThrow('ends too early')
  },
)

test('a number of more than 64 bits is invalid', () => {
  expect(() => opened(...Array(9).fill(0x80), 2).long()).toThrow('more than 64 bits')
})

test('a length beyond the end, or below 0, is invalid', () => {
  expect(() => opened(8, 1).block()).toThrow('ends too early')
  expect(() => opened(1, 1).block()).toThrow('a length of -1')
})

test('a count of items without bytes is bounded', () => {
  const cursor = opened(0xfe, 0xff, 0xff, 0xff, 0x0f, 0)
  expect(() => cursor.items(() => {})).toThrow('items without bytes')
})

test('what is nested too deep is invalid, and does not overflow the stack', () => {
  const cursor = opened(...Array(100_000).fill(2))
  const deeper = () => cursor.items(deeper)
  expect(deeper).toThrow('nested deeper than 128 levels')
})

test('an int beyond 32 bits is invalid', () => {
  expect(() => opened(...Long.toBuffer(2n ** 31n)).int()).toThrow('is no int')
})
