import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { anyReader, atReader, compare, fieldOf, fromTagged, nullableTypeOf, numberReader, toTagged } from './column.ts'

const Row = defineSchema(z.object({ at: instant(), name: z.string().optional(), units: z.int().nullable() }), { name: 'row', time: 'at' })
const batch = Batch.of(Row, [
  { at: new Date(5), name: 'a', units: 2 ** 40 },
  { at: new Date(7), units: null },
])

test('reads values, and NaN where a column of numbers has none', () => {
  const [name, units] = [anyReader(batch, 'name', 'max'), numberReader(batch, 'units', 'sum')]
  expect([name(0), name(1), units(0), units(1)]).toEqual(['a', undefined, 2 ** 40, Number.NaN])
})

test('an aggregate names the column that it cannot use', () => {
  expect(() => fieldOf(Row, 'nope', 'max')).toThrow('max("nope"): row has no such column; it has at, name, units. Did you mean name?')
  expect(() => numberReader(batch, 'name', 'sum')).toThrow('sum("name") takes a column of numbers, "name" is of kind string')
})

test('a row stands at its event time, and at position 0 in a batch made by hand', () => {
  expect(atReader(batch)(1)).toEqual({ time: 7, position: 0 })
})

test('the type of a result is the type of its column, or null', () => {
  const type = nullableTypeOf(Row, 'name', 'max') as z.ZodType
  expect([type.safeParse(null), type.safeParse('a'), type.safeParse(undefined), type.safeParse(1)].map(({ success }) => success)).toEqual([
    true,
    true,
    false,
    false,
  ])
})

test('values come back from JSON as they were', () => {
  for (const value of [null, 'a', 1, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, new Date(3), true])
    expect(fromTagged(JSON.parse(JSON.stringify(toTagged(value))))).toEqual(value)
})

test('values are ordered by size, texts by their UTF-8 bytes, and -0 stands before 0', () => {
  expect([1, -1, 0, -0].sort(compare)).toEqual([-1, -0, 0, 1])
  expect(['😀', '\ufffd'].sort(compare)).toEqual(['\ufffd', '😀'])
  expect([new Date(2), new Date(1)].sort(compare)).toEqual([new Date(1), new Date(2)])
})
