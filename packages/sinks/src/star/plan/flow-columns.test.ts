import { decimal } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Refund, Sale, shop } from '../../../test/star.ts'
import { flowColumns } from './flow-columns.ts'
import type { FactPlan } from './plan.ts'
import { planStar } from './plan-star.ts'

const [sale, refund] = planStar(shop.dimensions, shop.facts as never).facts as [FactPlan, FactPlan]

test('each value that a table needs is stored once, by its path', () => {
  const columns = flowColumns(sale, Sale)
  expect(columns.map(({ path }) => path).sort()).toEqual(
    ['amount', 'at', 'due', 'extra', 'lines', 'product_id', 'quantity', 'sale_id', 'shipped_at', 'user.country', 'user.id', 'user.name'].sort(),
  )
})

test('narrower columns are taken, and missing ones that may be missing', () => {
  const narrow = Sale.extend('narrow', { sale_id: z.enum(['a', 'b']), amount: decimal(5, 2) })
  expect(flowColumns(sale, narrow).find(({ path }) => path === 'sale_id')?.field.kind).toBe('string')
  const fields = Sale.fields.filter(({ name }) => name !== 'shipped_at')
  expect(flowColumns(sale, { ...Sale, fields }).map(({ path }) => path)).not.toContain('shipped_at')
})

test.each([
  [
    'a column without a place',
    sale,
    Sale.extend('more', { vip: z.boolean() }),
    /more does not fit fact_sale: there is no place for its column "vip"/,
  ],
  ['a column of another kind', sale, Sale.extend('other', { sale_id: z.int() }), /"sale_id" is integer, and has to be string or enum/],
  [
    'a wider decimal',
    sale,
    Sale.extend('wide', { amount: decimal(20, 5) }),
    /"amount" is decimal, and has to be a decimal of at most 20 digits, 4 behind/,
  ],
  ['a column that may be missing', refund, Refund.extend('gaps', { refund_id: z.int().nullable() }), /"refund_id" may be without a value/],
  ['a missing column', sale, { ...Sale, fields: Sale.fields.filter(({ name }) => name !== 'amount') }, /it has no column "amount"/],
])('%s is refused, by name', (_, fact, schema, message) => {
  expect(() => flowColumns(fact, schema)).toThrowError(expect.objectContaining({ code: 'SCHEMA_MISMATCH', message: expect.stringMatching(message) }))
})
