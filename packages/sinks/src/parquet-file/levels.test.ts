import { expect, test } from 'vitest'
import type { Column } from '../pack/column.ts'
import { joinLevels, leafColumn, levelsOf, placeOf } from './levels.ts'
import type { Leaf, Step } from './schema.ts'

const bare: Column = {
  rows: 0,
  bits: null,
  offsets: Int32Array.of(0),
  values: new Uint8Array(),
  codes: new Int8Array(),
  members: [],
  children: [],
  isUtf8: false,
}
const bits = (...valid: number[]) => Uint8Array.of(valid.reduce((sum, bit, i) => sum | (bit << i), 0))
const step = (isOptional: boolean, isRepeated: boolean, child = 0): Step => ({ child, isOptional, isRepeated })
function leafOf(steps: Step[]): Leaf {
  const maxRepetition = steps.filter(({ isRepeated }) => isRepeated).length
  const maxDefinition = maxRepetition + steps.filter(({ isOptional }) => isOptional).length
  return { top: 0, path: ['x'], kind: 'int32', physical: 1, width: 4, steps, maxDefinition, maxRepetition }
}
const plain = ({ repetition, definition, rows, ...rest }: ReturnType<typeof levelsOf>) => ({
  ...rest,
  repetition: repetition && [...repetition],
  definition: definition && [...definition],
  rows: rows && [...rows],
})

test('a required column has no levels', () => {
  expect(plain(levelsOf([{ ...bare, rows: 9 }], leafOf([step(false, false)]), 2, 7))).toEqual({
    count: 5,
    repetition: null,
    definition: null,
    first: 2,
    values: 5,
    rows: null,
  })
})

test('an optional column says which rows have a value; those that follow each other are not listed', () => {
  const column = { ...bare, rows: 6, bits: bits(1, 0, 1, 1, 1, 0) }
  const leaf = leafOf([step(true, false)])
  expect(plain(levelsOf([column], leaf, 0, 6))).toEqual({
    count: 6,
    repetition: null,
    definition: [1, 0, 1, 1, 1, 0],
    first: 0,
    values: 4,
    rows: [0, 2, 3, 4],
  })
  expect(plain(levelsOf([column], leaf, 1, 6))).toMatchObject({ definition: [0, 1, 1, 1, 0], first: 2, values: 3, rows: null })
  expect(plain(levelsOf([column], leaf, 5, 6))).toMatchObject({ definition: [0], values: 0, rows: null })
})

test('a required column without a value in a row is refused', () => {
  const column = { ...bare, rows: 3, bits: bits(1, 0, 1) }
  expect(() => levelsOf([column], leafOf([step(false, false)]), 0, 3)).toThrow('column x is required and has no value in a row')
})

// The rows null, [], [null, []], [[1], [null, 3]]: lists of lists, everything optional.
const inner = { ...bare, rows: 3, bits: bits(1, 0, 1) }
const lists = { ...bare, rows: 4, bits: bits(0, 1, 1, 1), offsets: Int32Array.of(0, 0, 0, 1, 3), children: [inner] }
const rows = { ...bare, rows: 4, bits: bits(0, 1, 1, 1), offsets: Int32Array.of(0, 0, 0, 2, 4), children: [lists] }
const deep = leafOf([step(true, true), step(true, true), step(true, false)])

test('lists in lists have the levels that Dremel gives them', () => {
  expect(plain(levelsOf([rows], deep, 0, 4))).toEqual({
    count: 7,
    repetition: [0, 0, 0, 1, 0, 1, 2],
    definition: [0, 1, 2, 3, 5, 4, 5],
    first: 0,
    values: 2,
    rows: [0, 2],
  })
})

test('a page may begin at any row', () => {
  expect(plain(levelsOf([rows], deep, 2, 4))).toMatchObject({ repetition: [0, 1, 0, 1, 2], definition: [2, 3, 5, 4, 5] })
  expect(plain(levelsOf([rows], deep, 1, 2))).toMatchObject({ repetition: [0], definition: [1], values: 0 })
})

test('the column of values, and where a row begins in it', () => {
  expect(leafColumn([rows], deep)).toBe(inner)
  expect([0, 1, 2, 3, 4].map((row) => placeOf([rows], deep, row))).toEqual([0, 0, 0, 0, 3])
})

test('the levels of rows that follow each other are those of all of them', () => {
  const column = { ...bare, rows: 6, bits: bits(1, 0, 1, 1, 1, 0) }
  const leaf = leafOf([step(true, false)])
  const parts = [levelsOf([column], leaf, 0, 2), levelsOf([column], leaf, 2, 2), levelsOf([column], leaf, 2, 6)]
  expect(joinLevels(parts)).toMatchObject({ count: 6, values: 4, repetition: null, definition: Int32Array.of(1, 0, 1, 1, 1, 0) })
  const required = leafOf([step(false, false)])
  expect(joinLevels([levelsOf([bare], required, 0, 2), levelsOf([bare], required, 0, 3)])).toMatchObject({ count: 5, values: 5, definition: null })
})
