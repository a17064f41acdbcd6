import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePartitionFolder, partitionFolder, partitionSegment } from './hive.ts'

test('exactly the characters of Hive are escaped', () => {
  const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
  const escaped = all.filter((character) => partitionSegment('x', character) !== `x=${character}`)
  const control = all.slice(0, 32)
  expect(escaped).toEqual([...control, ...'"#%\'*/:=?[\\]^{', '\u007f'].sort())
  expect(partitionSegment('a=b', 'x/y%\n😀 é')).toBe('a%3Db=x%2Fy%25%0A😀 é')
})

test('null and the empty text are one partition, as in Hive', () => {
  expect(
    partitionFolder([
      ['a', null],
      ['b', ''],
      ['c', ' '],
    ]),
  ).toBe('a=__HIVE_DEFAULT_PARTITION__/b=__HIVE_DEFAULT_PARTITION__/c= ')
  expect(parsePartitionFolder('a=__HIVE_DEFAULT_PARTITION__/b=')).toEqual([
    ['a', null],
    ['b', null],
  ])
})

test('the word NULL, which DuckDB takes for null, is spelled so that it does not', () => {
  const values = ['NULL', 'null', 'nullable', 'Null']
  const folder = partitionFolder(values.map((value) => ['x', value] as const))
  expect(folder).toBe('x=%4EULL/x=%6Eull/x=nullable/x=%4Eull')
  expect(parsePartitionFolder(folder)).toEqual(values.map((value) => ['x', value]))
})

test('what was made is parsed back; what was not is null', () => {
  const name = fc.string({ minLength: 1, unit: 'grapheme' })
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.oneof(name, fc.constant(null)))), (values) => {
      expect(parsePartitionFolder(partitionFolder(values))).toEqual(values)
    }),
  )
  expect(parsePartitionFolder('')).toEqual([])
  for (const folder of ['x', 'a=1/x', '=1', 'a=1/']) expect(parsePartitionFolder(folder), folder).toBeNull()
})

test('a table that tells the empty text from null has a folder for each, and for the text that Hive calls null', () => {
  const values = [null, '', '__HIVE_DEFAULT_PARTITION__', 'x']
  const folder = values.map((value) => partitionSegment('a', value, true)).join('/')
  expect(folder).toBe('a=__HIVE_DEFAULT_PARTITION__/a=/a=%5F_HIVE_DEFAULT_PARTITION__/a=x')
  expect(parsePartitionFolder(folder, '')).toEqual(values.map((value) => ['a', value]))
})
