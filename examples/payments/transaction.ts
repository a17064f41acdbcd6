import { decimal, defineSchema, instant, type RowOf } from '@tickets/core'
import * as z from 'zod'

export const PARIS = 'Europe/Paris'
export const Currency = z.enum(['EUR', 'GBP', 'USD'])
export const Status = z.enum(['paid', 'failed'])
export const Product = z.object({ sku: z.string(), name: z.string(), price: decimal(10, 2), quantity: z.int().positive() })

/** An attempt to pay, as the shop sends it: a nested user, one of three ways to pay, and the products in the basket. */
export const Transaction = defineSchema(
  z.object({
    transaction_id: z.uuid(),
    paid_at: instant(),
    user: z.object({ id: z.int(), name: z.string(), email: z.email(), country: z.string().nullish() }),
    payment: z.discriminatedUnion('method', [
      z.object({ method: z.literal('card'), last4: z.string().regex(/^\d{4}$/) }),
      z.object({ method: z.literal('transfer'), iban: z.string() }),
      z.object({ method: z.literal('wallet'), wallet_id: z.string() }),
    ]),
    status: Status,
    failure: z.string().nullish(),
    products: z.array(Product),
    currency: Currency,
    total: decimal(12, 2),
  }),
  { name: 'transaction', time: 'paid_at' },
)
export type Transaction = RowOf<typeof Transaction>
