import { decimal, defineSchema, instant, type RowOf } from '@tickets/core'
import * as z from 'zod'

/** An order of a shop. Validation, the columns of files and the type of a row come from here. */
export const Order = defineSchema(
  z.object({
    order_id: z.string().min(1),
    city: z.enum(['Lyon', 'Oslo', 'Porto', 'Turin']),
    items: z.int().positive(),
    amount: decimal(10, 2),
    ordered_at: instant(),
  }),
  { name: 'order', time: 'ordered_at' },
)
export type Order = RowOf<typeof Order>
