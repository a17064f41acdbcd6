import { expect, test } from 'vitest'
import * as z from 'zod'
import { type Located, locate } from '../batch/paths.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { defineSchema } from './define.ts'
import { fieldOf } from './fields.ts'
import { typeAt } from './type-at.ts'

const Order = defineSchema(
  z.object({
    at: instant(),
    id: z.int().optional(),
    user: z.object({ country: z.string(), paid: decimal(10, 2) }).nullish(),
    payment: z.discriminatedUnion('by', [z.object({ by: z.literal('card'), last4: z.string() }), z.object({ by: z.enum(['cash', 'iban']) })]),
  }),
  { name: 'order', time: 'at' },
)
const kindAt = (path: string) => {
  const { kind, nullable, optional, scale, values } = fieldOf(path, typeAt(Order.zod, Order.fields, locate(Order.fields, path) as Located))
  return [kind, nullable, optional, scale ?? values]
}

test('a column has its own type', () => {
  expect(kindAt('id')).toEqual(['integer', false, true, []])
})

test('a member has the type that it has in its object, or null where the object may be missing', () => {
  expect(kindAt('user.country')).toEqual(['string', true, false, []])
  expect(kindAt('user.paid')).toEqual(['decimal', true, false, 2])
})

test('a discriminator has the values of all variants, and a member of some of them may be missing', () => {
  expect(kindAt('payment.by')).toEqual(['enum', false, false, ['card', 'cash', 'iban']])
  expect(kindAt('payment.last4')).toEqual(['string', true, false, []])
})
