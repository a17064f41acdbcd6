import { Batch, defineSchema, instant } from '@tickets/core'
import { comparablesOf } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { comparableIn, keyReader } from './row-keys.ts'

const schema = defineSchema(z.object({ at: instant(), a: z.string().nullable(), b: z.string().nullable() }), { name: 'row', version: 1, time: 'at' })
const at = new Date(7)
const rows = comparablesOf(
  Batch.of(schema, [
    { at, a: 'x","y', b: 'z' },
    { at, a: 'x', b: 'y","z' },
    { at, a: null, b: 'null' },
    { at, a: 'null', b: null },
  ]),
)

test('rows have one key where all of their values are the same, and null is a value', () => {
  const key = keyReader(rows, ['a', 'b'])
  expect(new Set([0, 1, 2, 3].map(key)).size).toBe(4)
  expect(keyReader(rows, ['at'])(0)).toBe(keyReader(rows, ['at'])(3))
})

test('the empty text is null in the columns that say so', () => {
  const texts = comparablesOf(
    Batch.of(schema, [
      { at, a: '', b: '' },
      { at, a: null, b: '' },
      { at, a: '', b: null },
    ]),
  )
  const keys = (emptyIsNull?: ReadonlySet<string>) => [0, 1, 2].map(keyReader(texts, ['a', 'b'], undefined, emptyIsNull))
  expect(keys(new Set(['a']))).toEqual(['[null,""]', '[null,""]', '[null,null]'])
  expect(new Set(keys()).size).toBe(3)
})

test('what stands in the path of a file is the same in all of its rows, and a column that it lacks is null', () => {
  const constants = new Map([['b', 'z']])
  expect([keyReader(rows, ['a', 'b'], constants)(3), keyReader(rows, ['b', 'c'])(0)]).toEqual(['["null","z"]', '["z",null]'])
  expect([comparableIn(rows, 'b', constants)(3), comparableIn(rows, 'c')(0), comparableIn(rows, 'c', new Map([['c', null]]))(0)]).toEqual([
    'z',
    null,
    null,
  ])
})
