import { date, decimal, defineSchema, instant, json, type RowOf } from '@tickets/core'
import * as z from 'zod'
import { dateDimension } from '../src/star/plan/date-dimension.ts'

/** A sale with nested columns, exact amounts, and references that may be missing. */
export const Sale = defineSchema(
  z.object({
    sale_id: z.string(),
    at: instant(),
    user: z.object({ id: z.int(), name: z.string(), country: z.string().nullable() }).nullable(),
    product_id: z.string().nullable(),
    quantity: z.int32(),
    amount: decimal(20, 4),
    lines: z.array(z.object({ sku: z.string(), price: decimal(10, 2) })),
    shipped_at: instant().nullable(),
    due: date(),
    extra: json(),
  }),
  { name: 'sale', version: 2, time: 'at' },
)
export type Sale = RowOf<typeof Sale>

export const Refund = defineSchema(
  z.object({ refund_id: z.int(), at: instant(), user_id: z.int32(), product_id: z.enum(['p0', 'p1', 'p9']), amount: decimal(12, 2) }),
  {
    name: 'refund',
    time: 'at',
  },
)
export type Refund = RowOf<typeof Refund>

/** Two dimensions and the days, which two facts share. */
export const shop = {
  dimensions: {
    customer: { key: 'customer_id', columns: { name: 'newest', country: 'newest', first_seen: 'min', last_seen: 'max' } },
    product: { key: 'product_id' },
    day: dateDimension(),
  },
  facts: {
    sale: {
      schema: Sale,
      key: 'sale_id',
      refers: {
        customer: { customer_id: 'user.id', name: 'user.name', country: 'user.country', first_seen: 'at', last_seen: 'at' },
        product: 'product_id',
      },
      roles: { shipped_on: { day: 'shipped_at' }, due_on: { day: 'due' } },
    },
    refund: { schema: Refund, key: 'refund_id', refers: { customer: 'user_id', product: 'product_id', day: 'at' } },
  },
} as const

const DAY = 86_400_000
const FIRST = Date.UTC(2026, 0, 30, 22)

export const sale = (i: number, more: Partial<Sale> = {}): Sale => ({
  sale_id: `s${i}`,
  at: new Date(FIRST + i * 3_600_000),
  user: i % 7 === 6 ? null : { id: i % 3, name: `name ${i}`, country: i % 4 === 0 ? null : `c${i % 2}` },
  product_id: i % 5 === 4 ? null : `p${i % 2}`,
  quantity: i,
  amount: `${i}.000${i % 10}`,
  lines: i % 3 === 0 ? [] : [{ sku: `s"${i}`, price: `${i}.10` }],
  shipped_at: i % 2 ? new Date(FIRST + i * 3_600_000 + 2 * DAY) : null,
  due: new Date(FIRST + (i + 40) * DAY).toISOString().slice(0, 10),
  extra: i % 2 ? { i } : null,
  ...more,
})

export const refund = (i: number): Refund => ({
  refund_id: i,
  at: new Date(FIRST + i * 5_400_000),
  user_id: i % 5,
  product_id: i % 3 === 0 ? 'p9' : 'p1',
  amount: `${i}.05`,
})
