import { decimal, defineSchema, instant, type RowOf } from '@tickets/core'
import * as z from 'zod'
import { Currency, Product, Status, type Transaction } from './transaction.ts'

/** A transaction without nested objects. Only its products stay a list, which `Sale` takes apart. */
export const Payment = defineSchema(
  z.object({
    transaction_id: z.uuid(),
    paid_at: instant(),
    user_id: z.int(),
    email: z.email(),
    country: z.string(),
    method: z.enum(['card', 'transfer', 'wallet']),
    account: z.string(),
    status: Status,
    failure: z.string().nullable(),
    currency: Currency,
    total: decimal(12, 2),
    products: z.array(Product),
  }),
  { name: 'payment', time: 'paid_at' },
)
export type Payment = RowOf<typeof Payment>

/** Flattens a transaction. A user without a country is in ZZ, the code of ISO 3166 for an unknown one. */
export const paymentOf = ({ user, payment, failure, ...transaction }: Transaction): Payment => ({
  ...transaction,
  user_id: user.id,
  email: user.email,
  country: user.country ?? 'ZZ',
  method: payment.method,
  account: payment.method === 'card' ? payment.last4 : payment.method === 'transfer' ? payment.iban : payment.wallet_id,
  failure: failure ?? null,
})

/** One product of one payment. */
export const Sale = defineSchema(
  z.object({
    transaction_id: z.uuid(),
    paid_at: instant(),
    sku: z.string(),
    product: z.string(),
    quantity: z.int(),
    currency: Currency,
    amount: decimal(12, 2),
  }),
  { name: 'sale', time: 'paid_at' },
)

/** Returns a sale for each product of a payment. */
export const salesOf = ({ transaction_id, paid_at, currency, products }: Pick<Payment, 'transaction_id' | 'paid_at' | 'currency' | 'products'>) =>
  products.map(({ sku, name, price, quantity }) => {
    const cents = Math.round(Number(price) * 100) * quantity
    return { transaction_id, paid_at, sku, product: name, quantity, currency, amount: (cents / 100).toFixed(2) }
  })
