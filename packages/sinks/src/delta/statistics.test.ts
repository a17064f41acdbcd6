import { bytes, date, decimal, defineSchema, instant } from '@tickets/core'
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
    long: decimal(20, 4),
    raw: bytes(),
    none: z.string().nullable(),
    yes: z.boolean(),
    inner: z.object({ n: z.int() }),
  }),
  { name: 'row', time: 'at' },
)
const row = {
  at: new Date('1969-12-31T23:59:59.001Z'),
  day: '2026-03-01',
  text: 'b',
  number: 1.5,
  whole: 3,
  price: '1.10',
  long: '12345678901234.5678',
  raw: new Uint8Array([1]),
  none: null,
  yes: true,
}
const textOf = (rows: readonly object[], rowGroupRows = 100) => {
  const file = written(Row, batched(Row, rows.map((one) => ({ ...row, inner: { n: 1 }, ...one })) as never), { rowGroupRows })
  return statisticsOf([file], Row.fields)
}
const of = async (...given: Parameters<typeof textOf>) => JSON.parse(await textOf(...given))

test('has rows, extremes and nulls of each column, over all row groups', async () => {
  const rows = [
    {},
    { text: null, number: -2, day: '0001-01-01' },
    { text: '\u{ffff}', whole: -9 },
    { text: '😀', at: new Date('2026-11-21T12:00:00.123Z') },
  ]
  for (const rowGroupRows of [1, 3, 100]) {
    expect(await of(rows, rowGroupRows)).toMatchObject({
      numRecords: 4,
      // U+FFFF is before U+1F600 by their bytes, and behind it in UTF-16.
      minValues: { at: '1969-12-31T23:59:59.001Z', day: '0001-01-01', text: 'b', number: -2, whole: -9 },
      maxValues: { at: '2026-11-21T12:00:00.123Z', day: '2026-03-01', text: '😀', number: 1.5, whole: 3 },
      nullCount: { at: 0, day: 0, text: 1, none: 4, yes: 0 },
    })
  }
})

test('what has no extremes that JSON can say has none: long decimals, bytes, nested columns, nothing but nulls', async () => {
  const found = await of([{}, { text: 'y' }], 1)
  for (const name of ['long', 'raw', 'inner', 'none'])
    for (const values of [found.minValues, found.maxValues]) expect(values).not.toHaveProperty(name)
  expect(found.minValues).toMatchObject({ price: 1.1, yes: true })
  expect(found.nullCount).not.toHaveProperty('inner')
})

test('long texts are cut to texts that are not greater, and not smaller', async () => {
  const [least, greatest] = [`a${'x'.repeat(200)}`, `b${'😀'.repeat(200)}`]
  const { minValues, maxValues } = await of([{ text: least }, { text: greatest }])
  expect([minValues.text.length < 100, maxValues.text.length < 100, minValues.text <= least]).toEqual([true, true, true])
  expect(Buffer.compare(Buffer.from(maxValues.text), Buffer.from(greatest))).toBeGreaterThan(0)
})

test('where a zero is the least double it is the one below zero, since it may be', async () => {
  expect(await textOf([{ number: 0 }, { number: 5 }])).toContain('"number":-0.0')
  expect((await of([{ number: -1, whole: 0 }])).minValues).toMatchObject({ number: -1, whole: 0 })
})

test('a column named like a member of objects is a column', async () => {
  const Odd = defineSchema(z.object({ at: instant(), constructor: z.int() }), { name: 'odd', time: 'at' })
  const file = written(Odd, batched(Odd, [{ at: new Date(0), constructor: 5 }] as never))
  expect(JSON.parse(await statisticsOf([file], Odd.fields)).maxValues.constructor).toBe(5)
})
