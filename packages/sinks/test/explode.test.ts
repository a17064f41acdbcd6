import { decimal, defineSchema, explode, instant, into, pipeline, type RowOf } from '@tickets/core'
import { memoryLog, memorySource, messagesOf } from '@tickets/core/testing'
import { parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { duck, folder } from './helpers.ts'

const Order = defineSchema(
  z.object({
    ordered_at: instant(),
    id: z.int(),
    products: z.array(z.object({ sku: z.string(), price: decimal(12, 2), size: z.enum(['s', 'm']).nullable() })).nullable(),
  }),
  { name: 'order', time: 'ordered_at' },
)
type Order = RowOf<typeof Order>

test('an exploded list is what DuckDB unnests of the raw one', async () => {
  const out = await folder()
  const orders = Array.from({ length: 3000 }, (_, id) => ({
    ordered_at: new Date(1767225600000 + id * 1000).toISOString(),
    id,
    products:
      id % 7 === 0
        ? null
        : Array.from({ length: id % 4 }, (_, k) => ({ sku: `s${(id * k) % 11} é😀`, price: `${id}.${k}5`, size: k === 1 ? null : 's' })),
  }))
  await pipeline({
    name: 'orders',
    source: memorySource<Order>({ schema: Order, partitions: [messagesOf(orders.slice(0, 1234)), messagesOf(orders.slice(1234))] }),
    log: memoryLog(),
    range: { rows: 500 },
    flows: (all) => ({
      raw: all.pipe(into(parquetSink(`${out}/raw`))),
      lines: all.pipe(explode('products'), into(parquetSink(`${out}/lines`))),
    }),
  }).run({ handleSignals: false })
  const [raw, lines] = [`'${out}/raw/*.parquet'`, `'${out}/lines/*.parquet'`]
  const unnested = `SELECT ordered_at, id, unnest(products) AS products FROM ${raw}`
  expect(await duck(`SELECT count(*)::INT AS n FROM ${lines}`)).toEqual([{ n: orders.flatMap(({ products }) => products ?? []).length }])
  for (const [a, b] of [
    [unnested, `SELECT * FROM ${lines}`],
    [`SELECT * FROM ${lines}`, unnested],
  ])
    expect(await duck(`${a} EXCEPT ALL ${b}`)).toEqual([])
})
