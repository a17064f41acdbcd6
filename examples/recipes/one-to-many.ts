// Make a row of each product of an order.
// check: SELECT count(*), sum(products.quantity)::INT FROM 'data/lines/*.parquet'
// gives: 3 6
import { writeFileSync } from 'node:fs'
import { defineSchema, explode, instant, into, pipeline } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import * as z from 'zod'

const Order = defineSchema(
  z.object({ ordered_at: instant(), order_id: z.int(), products: z.array(z.object({ sku: z.string(), quantity: z.int() })) }),
  { name: 'order', time: 'ordered_at' },
)
const order = (order_id: number, ...products: object[]) => JSON.stringify({ ordered_at: '2026-01-01T12:00:00Z', order_id, products })
writeFileSync('orders.jsonl', `${order(1, { sku: 'tea', quantity: 1 }, { sku: 'cup', quantity: 2 })}\n${order(2, { sku: 'tea', quantity: 3 })}\n`)

await pipeline({
  name: 'one-to-many',
  source: jsonLines('orders.jsonl', { schema: Order }),
  log: commitLog('data/log'),
  flows: (orders) => ({ lines: orders.pipe(explode('products'), into(parquetSink('data/lines'))) }),
}).run()
