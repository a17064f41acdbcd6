import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../../aggregate/count.ts'
import { max } from '../../aggregate/extreme.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { defineTotals, totalsSchema } from './definition.ts'

const Sale = defineSchema(
  z.object({ at: instant(), shop: z.string(), clerk: z.string().nullable(), amount: z.number(), tags: z.array(z.string()) }),
  {
    name: 'sale',
    time: 'at',
  },
)
const define = (options: object) => defineTotals({ aggregate: { n: count() }, by: 'shop', ...options } as never)

test('fills in what is left out', () => {
  expect(define({})).toMatchObject({ by: ['shop'], id: 'runningTotals', ttl: Number.POSITIVE_INFINITY, stateLimit: 1e9 })
  expect(define({ ttl: '1 day', stateLimit: '2 GiB' })).toMatchObject({ ttl: 86_400_000, stateLimit: 2 ** 31 })
  expect(define({ ttl: '1 day', stateLimit: '2 GiB' }).fingerprint).toEqual({ by: ['shop'], aggregate: [['n', 'count']], ttl: 86_400_000 })
})

test.each([
  [{ by: [] }, 'needs the columns of its key'],
  [{ by: ['shop', 'shop'] }, 'a column stands twice'],
  [{ ttl: 0 }, 'ttl is a duration greater than 0'],
  [{ stateLimit: 'lots' }, 'stateLimit is a size'],
  [{ table: { key: [] } }, 'needs the columns of its table'],
  [{ table: { key: 'clerk' }, ttl: 5 }, 'which has no ttl'],
])('refuses %j', (options, message) => {
  expect(() => define(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }))
})

test('the rows have the key, the aggregates, the time of the last row and a revision; the key is that of tables', () => {
  const schema = totalsSchema(Sale, define({ by: ['shop', 'clerk'], aggregate: { n: count(), most: max('amount') } }))
  expect(schema.fields.map(({ name, kind, nullable }) => `${name} ${kind}${nullable ? '?' : ''}`)).toEqual([
    ...['shop string', 'clerk string?', 'n integer', 'most number?', 'updated_at instant', 'revision int32'],
  ])
  expect([schema.name, schema.time, schema.keys]).toEqual(['sale_totals_by_shop_clerk', 'updated_at', ['shop', 'clerk']])
})

test('over a table a group may be gone, and has no results then', () => {
  const definition = define({ table: { key: 'clerk' }, aggregate: { n: count(), most: max('amount') } })
  expect(definition).toMatchObject({ table: { key: ['clerk'], deleted: null }, fingerprint: { table: { key: ['clerk'], deleted: null } } })
  const { fields, keys } = totalsSchema(Sale, definition)
  expect(fields.map(({ name, kind, nullable }) => `${name} ${kind}${nullable ? '?' : ''}`)).toEqual([
    ...['shop string', 'n integer?', 'most number?', 'updated_at instant', 'revision int32', 'gone boolean'],
  ])
  expect(keys).toEqual(['shop'])
})

test.each([
  [{ by: 'till' }, 'has no column "till"'],
  [{ by: 'tags' }, 'runningTotals cannot group by "tags"'],
  [{ aggregate: { revision: count() } }, 'the aggregate "revision" has the name of another column'],
  [{ aggregate: { gone: count() }, table: { key: 'clerk' } }, 'the aggregate "gone" has the name of another column'],
  [{ table: { key: 'tags' } }, 'the key of a table is a column with single values of sale, got "tags"'],
  [{ table: { key: 'clerk', deleted: 'amount' } }, '`table.deleted` is a boolean column of sale, got "amount"'],
  [{ aggregate: { shop: count() } }, 'the aggregate "shop" has the name of another column'],
])('refuses %j for rows without it', (options, message) => {
  expect(() => totalsSchema(Sale, define(options))).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }),
  )
})
