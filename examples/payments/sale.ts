import { decimal, defineSchema, instant, type RowOf } from '@tickets/core'
import * as z from 'zod'
import type { Transaction } from './transaction.ts'

/** One product of one payment, without anything nested. */
export const Sale = defineSchema(
  z.object({
    transaction_id: z.uuid(),
    line: z.int(),
    paid_at: instant(),
    user_id: z.int(),
    country: z.string().nullable(),
    method: z.enum(['card', 'transfer', 'wallet']),
    currency: z.enum(['EUR', 'USD', 'GBP']),
    sku: z.string(),
    product: z.string(),
    price: decimal(10, 2),
    quantity: z.int(),
  }),
  { name: 'sale', time: 'paid_at' },
)
export type Sale = RowOf<typeof Sale>

/** Returns a row for each product of a payment. */
export const salesOf = ({ transaction_id, paid_at, user, payment, currency, products }: Transaction): Sale[] =>
  products.map(({ sku, name, price, quantity }, i) => ({
    transaction_id,
    line: i + 1,
    paid_at,
    user_id: user.id,
    country: user.country ?? null,
    method: payment.method,
    currency,
    sku,
    product: name,
    price,
    quantity,
  }))
