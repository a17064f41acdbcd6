import { bytes, date, decimal, defineSchema, instant, type Schema } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Order, orders } from '../../../test/nested.ts'
import { batched, written } from '../../../test/written.ts'
import { fileFields, newSchema } from '../spec/iceberg-schema.ts'
import type { ListType, StructType } from '../spec/metadata.ts'
import { fileStatistics } from './file-statistics.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    day: date(),
    text: z.string().nullable(),
    number: z.number(),
    whole: z.int(),
    price: decimal(10, 2),
    raw: bytes(),
    none: z.string().nullable(),
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
  raw: new Uint8Array([1]),
  none: null,
  inner: { n: 7 },
}

function statisticsOf<T>(schema: Schema<T>, rows: readonly T[], rowGroupRows = 100) {
  const table = newSchema(schema as Schema<unknown>)
  const file = written({ ...schema, fields: fileFields(table, schema.fields) }, batched({ ...schema, fields: schema.fields }, rows), { rowGroupRows })
  return fileStatistics([file], table)
}
const text = (bound: string | undefined) => Buffer.from(bound ?? '', 'base64').toString()
const long = (bound: string | undefined) => Buffer.from(bound ?? '', 'base64').readBigInt64LE()

test('has values, nulls and extremes of each column by its id, over all row groups', async () => {
  const rows = [{}, { text: null, whole: -9 }, { text: '\u{ffff}', at: new Date(5) }, { text: '😀', inner: { n: -1 } }].map((one) => ({
    ...row,
    ...one,
  }))
  for (const rowGroupRows of [1, 3, 100]) {
    const { values, nulls, lower, upper, splits, sizes } = await statisticsOf(Row, rows as never, rowGroupRows)
    const ids = ['1', '2', '3', '4', '5', '6', '7', '8', '10']
    expect([Object.keys(values), Object.keys(sizes)]).toEqual([ids, ids])
    expect(nulls).toMatchObject({ 1: 0, 3: 1, 8: 4, 10: 0 })
    // Bytes have no bounds, and neither has what is null everywhere.
    expect(Object.keys(lower)).toEqual(['1', '2', '3', '4', '5', '6', '10'])
    // U+FFFF is before U+1F600 by their bytes, and behind it in UTF-16.
    expect([text(lower[3]), text(upper[3])]).toEqual(['b', '😀'])
    expect([long(lower[1]), long(upper[1])]).toEqual([-999_000n, 5000n])
    expect([long(lower[5]), long(upper[5]), long(lower[10]), long(upper[10])]).toEqual([-9n, 3n, -1n, 7n])
    expect(splits.length).toBe(Math.ceil(4 / rowGroupRows))
    expect(splits[0]).toBe(4)
  }
})

test('counts what is in lists and maps, and bounds only what is in neither', async () => {
  const table = newSchema(Order as Schema<unknown>)
  const { values, lower } = await statisticsOf(Order, orders)
  const products = table.fields.find(({ name }) => name === 'products')?.type as ListType | undefined
  const inside = (products?.element as StructType | undefined)?.fields[0]?.id as number
  expect(values[inside]).toBeGreaterThan(orders.length)
  expect(lower[inside]).toBeUndefined()
})
