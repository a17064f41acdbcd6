import { expect, test } from 'vitest'
import { putInts, putTexts, region } from '../../test/kernels.ts'
import { kernels } from '../../test/written.ts'
import { bitsFor, boundOf, directEncoding, encodeCodes, encodeDirect, encodeLevels, encodings } from './encodings.ts'
import { type Leaf, storageOf } from './schema.ts'

const leafOf = (kind: Leaf['kind'], precision = 9): Leaf => ({
  ...storageOf({ name: 'x', kind, values: [], optional: false, nullable: false, precision }),
  top: 0,
  path: ['x'],
  kind,
  steps: [],
  maxDefinition: 0,
  maxRepetition: 0,
})

test('numbers and times are differences, texts have theirs apart, and what few readers know is PLAIN', () => {
  const chosen = (kinds: Leaf['kind'][], plain = false) => kinds.map((kind) => directEncoding(leafOf(kind), plain))
  expect(chosen(['integer', 'int32', 'instant', 'date'])).toEqual(new Array(4).fill(encodings.delta))
  expect(chosen(['string', 'json', 'bytes'])).toEqual(new Array(3).fill(encodings.deltaLength))
  expect(chosen(['number', 'boolean', 'decimal'])).toEqual(new Array(3).fill(encodings.plain))
  expect(chosen(['integer', 'string', 'instant', 'bytes'], true)).toEqual(new Array(4).fill(encodings.plain))
})

test('the bits of a number', () => {
  expect([0, 1, 2, 3, 4, 255, 256].map(bitsFor)).toEqual([0, 1, 2, 2, 3, 8, 9])
})

test('codes have their width before them, one bit at least', () => {
  const target = kernels.memory.take(100)
  const encoded = (codes: number[], size: number) => [
    ...region(kernels, target, encodeCodes(kernels, putInts(kernels, codes), codes.length, size, target)),
  ]
  expect(encoded(new Array(9).fill(0), 1)).toEqual([1, 18, 0])
  expect(encoded([0, 1, 2], 3)).toEqual([2, 3, 0b100100, 0])
})

test('levels have their length before them', () => {
  const target = kernels.memory.take(100)
  expect([...region(kernels, target, encodeLevels(kernels, new Int32Array(10).fill(3), 3, target))]).toEqual([2, 0, 0, 0, 20, 3])
})

test('texts as differences have their lengths first and then all bytes, wherever the offsets begin', () => {
  const { offsets, bytes } = putTexts(
    kernels,
    ['ab', 'c'].map((text) => Buffer.from(text)),
    5,
  )
  const values = { kind: 'texts', count: 2, offsets, bytes, first: 5, length: 3 } as const
  const target = kernels.memory.take(boundOf(values))
  const direct = region(kernels, target, encodeDirect(kernels, encodings.deltaLength, values, target))
  expect(direct.subarray(-3).toString()).toBe('abc')
  expect([...direct.subarray(0, 5)]).toEqual([0x80, 1, 4, 2, 4])
  const plain = region(kernels, target, encodeDirect(kernels, encodings.plain, values, target))
  expect(plain.toString('latin1')).toBe('\x02\0\0\0ab\x01\0\0\0c')
})
