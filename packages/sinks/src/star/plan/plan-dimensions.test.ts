import { defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Refund, Sale, shop } from '../../../test/star.ts'
import { planStar } from './plan-star.ts'

const dimensionsOf = (dimensions: object, facts: object) => planStar(dimensions as never, facts as never).dimensions

test('columns have the widest type of all facts; one that a fact does not give may be missing', () => {
  const [customer, product, day] = dimensionsOf(shop.dimensions, shop.facts)
  expect(customer).toMatchObject({ table: 'dim_customer', key: { name: 'customer_id', kind: 'integer', nullable: false } })
  expect(customer?.columns.map(({ name, kind, nullable, follows }) => [name, kind, nullable, follows])).toEqual([
    ['name', 'string', true, 'newest'],
    ['country', 'string', true, 'newest'],
    ['first_seen', 'instant', true, 'min'],
    ['last_seen', 'instant', true, 'max'],
  ])
  expect(product).toMatchObject({ key: { name: 'product_id', kind: 'string' }, columns: [] })
  expect(day).toMatchObject({ isDays: true, table: 'dim_day', key: { name: 'date_key', kind: 'date' } })
})

test('a column that every reference gives is required', () => {
  const { refers } = shop.facts.sale
  const Whole = defineSchema(z.object({ at: instant(), id: z.int(), name: z.string() }), { name: 'whole', time: 'at' })
  const [customer] = dimensionsOf(
    { customer: { key: 'customer_id', columns: ['name'] } },
    { whole: { schema: Whole, refers: { customer: { customer_id: 'id', name: 'name' } } } },
  )
  expect(customer?.columns).toMatchObject([{ name: 'name', nullable: false }])
  expect(Object.keys(refers.customer)).toContain('name')
})

test.each([
  ['one that no fact refers to', { ghost: { key: 'id' } }, { sale: { schema: Sale } }, /dimension "ghost": no fact refers to it/],
  [
    'one without a key',
    { product: {} },
    { sale: { schema: Sale, refers: { product: 'product_id' } } },
    /needs the column that tells its members apart/,
  ],
  [
    'a column that no fact gives',
    { product: { key: 'product_id', columns: ['title'] } },
    { sale: { schema: Sale, refers: { product: 'product_id' } } },
    /no fact gives its column "title"/,
  ],
  [
    'keys of two types',
    { product: { key: 'product_id' } },
    { sale: { schema: Sale, refers: { product: 'product_id' } }, refund: { schema: Refund, refers: { product: 'refund_id' } } },
    /"product_id" is string in fact "sale" \("product_id"\) and integer in fact "refund" \("refund_id"\)/,
  ],
  [
    'a column twice',
    { product: { key: 'id', columns: ['updated_at'] } },
    { sale: { schema: Sale, refers: { product: { id: 'product_id', updated_at: 'at' } } } },
    /column "updated_at" twice, which holds the event time/,
  ],
  [
    'the least text',
    { product: { key: 'id', columns: { name: 'min' } } },
    { sale: { schema: Sale, refers: { product: { id: 'product_id', name: 'user.name' } } } },
    /"name" is string, and min needs numbers/,
  ],
  [
    'another way to follow',
    { product: { key: 'id', columns: { name: 'oldest' } } },
    { sale: { schema: Sale, refers: { product: { id: 'product_id', name: 'user.name' } } } },
    /follows 'newest', 'min' or 'max', got "oldest"/,
  ],
])('%s is refused', (_, dimensions, facts, message) => {
  expect(() => dimensionsOf(dimensions, facts)).toThrowError(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }),
  )
})
