import { defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Sale, shop } from '../../../test/star.ts'
import type { FactPlan } from './plan.ts'
import { planStar } from './plan-star.ts'

const factOf = (fact: object, dimensions: object = {}): FactPlan =>
  planStar(dimensions as never, { sale: { schema: Sale, ...fact } } as never).facts[0] as FactPlan
const columns = ({ columns: all }: FactPlan) =>
  all.map(({ field, from }) => `${field.name}${field.nullable ? '?' : ''} ${field.kind} ← ${JSON.stringify(from)}`)

test('a fact has its key, its references, what went to no dimension, and its snapshot', () => {
  const [sale, refund] = planStar(shop.dimensions, shop.facts as never).facts as [FactPlan, FactPlan]
  expect(columns(sale)).toEqual([
    'sale_id string ← {"path":"sale_id"}',
    'customer_id? integer ← {"path":"user.id"}',
    'product_id? string ← {"path":"product_id"}',
    'shipped_on? date ← {"dayOf":"shipped_at"}',
    'due_on date ← {"path":"due"}',
    'at instant ← {"path":"at"}',
    'quantity int32 ← {"path":"quantity"}',
    'amount decimal ← {"path":"amount"}',
    'lines list ← {"path":"lines"}',
    'shipped_at? instant ← {"path":"shipped_at"}',
    'extra json ← {"path":"extra"}',
    'snapshot_date date ← {"dayOf":"at"}',
    'snapshot_version int32 ← "version"',
  ])
  expect(sale).toMatchObject({ table: 'fact_sale', key: ['sale_id'], newest: 'at' })
  // The key of the dimension is wider than the column of this fact.
  expect(columns(refund)).toContain('customer_id integer ← {"path":"user_id"}')
  expect(refund.staged.get('user_id')).toMatchObject({ isKey: true, field: { kind: 'integer' } })
  expect(sale.staged.get('product_id')).toMatchObject({ isKey: true })
  expect(sale.staged.get('user.name')).toMatchObject({ isKey: false, field: { nullable: true } })
})

test('snapshot_date refers to the days where the star has them', () => {
  const [sale] = planStar(shop.dimensions, shop.facts as never).facts
  expect(sale?.references.map(({ column, dimension }) => `${column} → ${dimension.table}`)).toEqual([
    'customer_id → dim_customer',
    'product_id → dim_product',
    'shipped_on → dim_day',
    'due_on → dim_day',
    'snapshot_date → dim_day',
  ])
  expect(factOf({}).references).toEqual([])
})

test('chosen columns may be members of objects; the key and the event time are there anyway', () => {
  expect(columns(factOf({ key: 'sale_id', columns: ['user.country', 'amount'], snapshot: 'due' })).map((column) => column.split(' ')[0])).toEqual([
    'sale_id',
    'at',
    'user_country?',
    'amount',
    'snapshot_date',
    'snapshot_version',
  ])
  expect(columns(factOf({ columns: ['amount'] }))).toHaveLength(3)
})

const Hourly = defineSchema(z.object({ window_start: instant(), window_end: instant(), country: z.string(), sales: z.int(), revision: z.int32() }), {
  name: 'hourly',
  time: 'window_end',
})
const windows = { schema: Hourly, key: ['window_start', 'window_end', 'country'], refers: { country: 'country' } }
const country = { country: { key: 'country_code' } }

test('of windows the revision is the version, and the day is that of their start', () => {
  const last = factOf(windows, country)
  expect(last).toMatchObject({ key: ['window_start', 'window_end', 'country_code'], newest: 'snapshot_version' })
  expect(columns(last)).toEqual([
    'window_start instant ← {"path":"window_start"}',
    'window_end instant ← {"path":"window_end"}',
    'country_code string ← {"path":"country"}',
    'sales integer ← {"path":"sales"}',
    'snapshot_date date ← {"dayOf":"window_start"}',
    'snapshot_version int32 ← {"path":"revision"}',
  ])
  expect(factOf({ ...windows, revisions: 'all' }, country)).toMatchObject({
    key: ['window_start', 'window_end', 'country_code', 'snapshot_version'],
    newest: null,
  })
})

test.each([
  ['a key that is not there', { key: 'sale' }, /fact "sale", key: sale has no column "sale"/],
  ['a key that may be missing', { key: 'product_id' }, /the key "product_id" may be without a value/],
  ['a key of a nested kind', { key: 'lines' }, /the key "lines" is list/],
  ['a key twice', { key: ['sale_id', 'sale_id'] }, /stands twice in its key/],
  ['a column that is not there', { columns: ['amont'] }, /Did you mean amount\?/],
  ['a day of a text', { snapshot: 'sale_id' }, /snapshot is the path of an instant or a date, and "sale_id" is string/],
  ['all revisions of rows without', { revisions: 'all' }, /is for rows with a whole number `revision`, which sale has not/],
  ['other revisions', { revisions: 'some' }, /revisions is 'last' or 'all', got "some"/],
])('%s is refused', (_, fact, message) => {
  expect(() => factOf(fact)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }))
})

test('a role that has the name of a column is refused', () => {
  expect(() => factOf({ roles: { amount: { product: 'product_id' } } }, { product: { key: 'product_id' } })).toThrowError(
    /has the column "amount" twice/,
  )
})
