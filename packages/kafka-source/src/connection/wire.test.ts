import { expect, it } from 'vitest'
import { WireReader, WireWriter } from './wire.ts'

it('reads what it has written', () => {
  const bytes = new WireWriter()
    .int8(-1)
    .int16(-2)
    .int32(70_000)
    .int64(2 ** 40)
    .string('é')
    .compactString('😀'.repeat(40))
    .bytes(Buffer.from([9]))
    .end()
  const r = new WireReader(bytes)
  expect([r.int8(), r.int16(), r.int32(), r.int64(), r.string(), r.compactString(), ...r.bytes(1)]).toEqual([
    -1,
    -2,
    70_000,
    2 ** 40,
    'é',
    '😀'.repeat(40),
    9,
  ])
})

it('reads arrays, and null as empty', () => {
  const r = new WireReader(new WireWriter().int32(2).int8(1).int8(2).int32(-1).compactLength(1).int8(3).compactLength(-1).end())
  expect([r.array(() => r.int8()), r.array(() => r.int8()), r.compactArray(() => r.int8()), r.compactArray(() => r.int8())]).toEqual([
    [1, 2],
    [],
    [3],
    [],
  ])
})

it('tells null from an empty text', () => {
  const r = new WireReader(Buffer.from([0, 1]))
  expect([r.compactText(), r.compactText()]).toEqual([null, ''])
})

it('passes over tagged fields', () => {
  const r = new WireReader(Buffer.from([2, 7, 1, 0xaa, 8, 2, 0xbb, 0xcc, 42]))
  r.tags()
  expect(r.int8()).toBe(42)
})

it.each([127, 128, 16_384, 2 ** 28])('reads a length of %d', (length) => {
  expect(new WireReader(new WireWriter().compactLength(length).end()).uvarint()).toBe(length + 1)
})

it('throws when the answer is cut off', () => {
  const whole = new WireWriter().string('hello').end()
  for (let length = 0; length < whole.length; length++) expect(() => new WireReader(whole.subarray(0, length)).string()).toThrow(RangeError)
})
