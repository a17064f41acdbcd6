import { expect, test } from 'vitest'
import * as z from 'zod'
import { fieldsOf } from '../schema/fields.ts'
import { bytes } from '../values/bytes.ts'
import { date } from '../values/date.ts'
import { decimal } from '../values/decimal.ts'
import { json } from '../values/json-value.ts'
import type { Field } from './field.ts'
import { refuseValue } from './refuse-value.ts'

const fields = fieldsOf({
  user: z.object({ id: z.int(), address: z.object({ kind: z.enum(['home', 'work']) }).nullable() }),
  products: z.array(z.object({ sku: z.string(), price: decimal(10, 2) })),
  counts: z.record(z.string(), z.int()),
  day: date(),
  total: decimal(38, 10).nullable(),
  any: json(),
  blob: bytes(),
  payment: z.discriminatedUnion('by', [z.object({ by: z.literal('card'), last4: z.string() }), z.object({ by: z.literal('iban') })]),
})

test.each([
  ['user', { id: 1.5, address: null }, 'column "user.id" wants an integer within ±(2^53 − 1), got 1.5'],
  ['user', { id: 1, address: { kind: 'other' } }, 'column "user.address.kind" wants one of its members (home, work), got "other"'],
  ['user', [], 'column "user" wants an object'],
  [
    'products',
    [
      { sku: 'a', price: '1.5' },
      { sku: 'b', price: '1.555' },
    ],
    'column "products.1.price" wants a decimal number as text, of 10 digits with 2',
  ],
  ['products', { 0: 1 }, 'column "products" wants an array'],
  ['counts', { a: 'x' }, 'column "counts.a" wants an integer'],
  ['day', '2026-02-29', 'column "day" wants a day'],
  ['total', '1e30', 'of 38 digits with 10 behind the point, got "1e30"'],
  ['any', { a: Number.POSITIVE_INFINITY }, 'column "any" wants a JSON value'],
  ['blob', 'AQI=', 'column "blob" wants a Uint8Array'],
  ['payment', { by: 'cash' }, 'column "payment" wants an object whose "by" is one of card, iban'],
  ['payment', { by: 'card' }, 'with the members of that one'],
])('the innermost part that is wrong is named: %s %j', (name, value, message) => {
  const field = fields.find((one) => one.name === name) as Field
  expect(() => refuseValue(field, value)).toThrow(message)
})

test('names a value that has no text of its own', () => {
  const field = { name: 'any', kind: 'json', values: [], optional: false, nullable: false } as const
  for (const value of [Object.create(null), { toString: null, n: 1 / 0 }]) expect(() => refuseValue(field, value)).toThrow(/got \[object Object\]/)
})
