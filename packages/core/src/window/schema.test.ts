import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Agg } from '../aggregate/aggregate.ts'
import { count } from '../aggregate/count.ts'
import { max } from '../aggregate/extreme.ts'
import { sum } from '../aggregate/sum.ts'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { reserved, windowSchema } from './schema.ts'

const Sale = defineSchema(
  z.object({ at: instant(), shop: z.enum(['a', 'b']), clerk: z.string().optional(), price: z.number(), pieces: z.int(), paid: instant().nullable() }),
  { name: 'sale', version: 3, time: 'at' },
)

const given = (result: unknown, type?: Agg<unknown, unknown>['type']): Agg<unknown, unknown> => ({
  init: () => null,
  add: (acc) => acc,
  merge: (acc) => acc,
  result: () => result,
  ...(type ? { type } : {}),
})
const aggregates = (all: Record<string, unknown>) => all as Record<string, Agg<unknown, unknown>>
const columns = (all: Record<string, unknown>, by: readonly string[] = [], updates = false) =>
  windowSchema(Sale, 'tumbling', by, aggregates(all), updates).fields.map(({ name, kind }) => `${name}:${kind}`)

test('has the bounds, the key, the aggregates and the revision, in this order', () => {
  expect(columns({ n: count(), total: sum('pieces') }, ['clerk', 'shop'])).toEqual([
    'window_start:instant',
    'window_end:instant',
    'clerk:string',
    'shop:enum',
    'n:integer',
    'total:integer',
    'revision:int32',
  ])
})

test('says which rows are final only where each change is emitted', () => {
  expect(columns({}, [], true).at(-1)).toBe('is_final:boolean')
  expect(columns({}).at(-1)).toBe('revision:int32')
})

test('is named after the rows, the window and the key, and keeps the version of the rows', () => {
  const { name, version, time, keys } = windowSchema(Sale, 'session', ['shop', 'clerk'], {})
  expect([name, version, time, keys]).toEqual(['sale_session_by_shop_clerk', 3, 'window_start', ['window_start', 'window_end', 'shop', 'clerk']])
})

test('keeps what the key columns are: members of an enum, and whether there is a value', () => {
  const { fields } = windowSchema(Sale, 'tumbling', ['shop', 'clerk'], {})
  expect(fields.find(({ name }) => name === 'shop')).toMatchObject({ values: ['a', 'b'], optional: false })
  expect(fields.find(({ name }) => name === 'clerk')).toMatchObject({ optional: true })
})

test('takes the type of a result from the aggregate, the column, or the result of no rows, in that order', () => {
  expect(columns({ last: max('paid'), declared: given(null, z.string().nullable()) })).toContain('last:instant')
  expect(columns({ declared: given(null, z.string().nullable()) })).toContain('declared:string')
  expect(columns({ a: given(0), b: given(''), c: given(false), d: given(new Date(0)) }).slice(2, 6)).toEqual([
    'a:number',
    'b:string',
    'c:boolean',
    'd:instant',
  ])
})

test('refuses an aggregate whose column nobody knows', () => {
  expect(() => columns({ ratio: given(null) })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('"ratio"') }),
  )
})

test.each(reserved)('keeps the name %s for itself', (name) => {
  const Own = defineSchema(z.object({ at: instant(), [name]: z.string() }), { name: 'own', time: 'at' as never })
  expect(() => windowSchema(Own, 'tumbling', [name], {})).toThrow('rename yours first')
  expect(() => columns({ [name]: count() })).toThrow('has the name of another column')
})

test('refuses a key that the rows lack, also one that every object inherits, and an aggregate of the same name as the key', () => {
  expect(() => columns({}, ['team'])).toThrow('sale has no column "team" to group by; it has at, shop')
  expect(() => columns({}, ['shopp'])).toThrow('Did you mean shop?')
  expect(() => columns({}, ['toString'])).toThrow('no column "toString"')
  expect(() => columns({ shop: count() }, ['shop'])).toThrow('"shop" has the name of another column')
})

test('makes a schema that batches can be made of', () => {
  const schema = windowSchema(Sale, 'tumbling', ['clerk'], aggregates({ n: count() }))
  const row = { window_start: new Date(0), window_end: new Date(10), n: 1, revision: 0 }
  expect(Batch.of(schema, [row]).toArray()).toEqual([row])
})
