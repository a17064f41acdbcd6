import { date, decimal, defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { batched, written } from '../../test/written.ts'
import { statisticsOf } from './statistics.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    day: date(),
    text: z.string().nullable(),
    number: z.number(),
    whole: z.int(),
    price: decimal(10, 2),
    none: z.string().nullable(),
    yes: z.boolean(),
    inner: z.object({ n: z.int() }),
  }),
  { name: 'row', time: 'at' },
)
const row = { at: new Date('1969-12-31T23:59:59.001Z'), day: '2026-03-01', text: 'b', number: 1.5, whole: 3, price: '1.10', none: null, yes: true }
const of = (rows: readonly object[], rowGroupRows = 100) =>
  JSON.parse(
    statisticsOf([written(Row, batched(Row, rows.map((one) => ({ ...row, inner: { n: 1 }, ...one })) as never), { rowGroupRows })], new Set(['day'])),
  )

test('has rows, extremes and nulls of each column, over all row groups', () => {
  const rows = [
    {},
    { text: null, number: -2, day: '0001-01-01' },
    { text: '\u{ffff}', whole: -9 },
    { text: '😀', at: new Date('2026-11-21T12:00:00.123Z') },
  ]
  for (const rowGroupRows of [1, 3, 100]) {
    expect(of(rows, rowGroupRows)).toMatchObject({
      numRecords: 4,
      // U+FFFF is before U+1F600 by their bytes, and behind it in UTF-16.
      minValues: { at: '1969-12-31T23:59:59.001Z', day: '0001-01-01', text: 'b', number: -2, whole: -9 },
      maxValues: { at: '2026-11-21T12:00:00.123Z', day: '2026-03-01', text: '😀', number: 1.5, whole: 3 },
      nullCount: { at: 0, day: 0, text: 1, none: 4, yes: 0 },
    })
  }
})

test('what has no extremes that JSON can say has none: long texts, truths, nested columns, nothing but nulls', () => {
  const { minValues, maxValues, nullCount } = of([{ text: 'x'.repeat(65) }, { text: 'y' }], 1)
  for (const found of [minValues, maxValues]) for (const name of ['text', 'yes', 'inner', 'none']) expect(found).not.toHaveProperty(name)
  expect(nullCount).not.toHaveProperty('inner')
})

test('a column named like a member of objects is a column', () => {
  const Odd = defineSchema(z.object({ at: instant(), constructor: z.int() }), { name: 'odd', time: 'at' })
  const file = written(Odd, batched(Odd, [{ at: new Date(0), constructor: 5 }] as never))
  expect(JSON.parse(statisticsOf([file], new Set())).maxValues.constructor).toBe(5)
})
