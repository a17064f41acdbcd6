import { expect, test } from 'vitest'
import { readThrift } from '../../test/thrift.ts'
import type { Chunk } from './chunk.ts'
import type { DataPage } from './page.ts'
import { columnIndex, offsetIndex } from './page-index.ts'

const leaf = { top: 0, path: ['x'], kind: 'string', physical: 6, width: 0, steps: [], maxDefinition: 1, maxRepetition: 0 } as const
const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const page = (range: [string, string] | null, nulls = 0, count = 10): DataPage => ({
  bytes: new Uint8Array(100),
  rawSize: 200,
  encoding: 0,
  rows: 10,
  count,
  nulls,
  extremes: range && { least: bytes(range[0]), greatest: bytes(range[1]) },
})
const chunkOf = (...pages: DataPage[]): Chunk => ({ leaf, dictionary: { bytes: new Uint8Array(30), rawSize: 40 }, pages })
const indexOf = (...pages: DataPage[]) => readThrift(columnIndex(chunkOf(...pages)) as Uint8Array).struct

test('the offset index says where pages and their rows begin, behind the dictionary', () => {
  const { struct } = readThrift(offsetIndex(chunkOf(page(['a', 'b']), page(['b', 'c'])), 1000))
  expect(struct).toEqual({
    1: [
      { 1: 1030, 2: 100, 3: 0 },
      { 1: 1130, 2: 100, 3: 10 },
    ],
  })
})

test('the column index has the extremes and nulls of each page', () => {
  expect(indexOf(page(['a', 'b'], 1), page(null, 10), page(['a', 'c']))).toEqual({
    1: [false, true, false],
    2: [Buffer.from('a'), Buffer.from(''), Buffer.from('a')],
    3: [Buffer.from('b'), Buffer.from(''), Buffer.from('c')],
    4: 1,
    5: [1, 10, 0],
  })
})

test('says how the pages are ordered, nulls left out', () => {
  const order = (...ranges: ([string, string] | null)[]) => indexOf(...ranges.map((range) => page(range, range ? 0 : 10)))[4]
  expect(order(['a', 'b'], null, ['b', 'c'])).toBe(1)
  expect(order(['b', 'c'], ['a', 'b'])).toBe(2)
  expect(order(['a', 'c'], ['b', 'b'])).toBe(0)
})

test('values without extremes, such as NaN alone, leave the column without an index', () => {
  expect(columnIndex(chunkOf(page(['a', 'b']), page(null, 9)))).toBeNull()
})
