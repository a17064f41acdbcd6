import { Batch, defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { filterText, isMatch, keepOthers, knownIn, matchesIn, type RowFilter } from './row-filter.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    who: z.string().nullable(),
    n: z.int(),
    yes: z.boolean(),
    user: z.object({ email: z.string(), tags: z.array(z.string()) }),
    'user.email': z.string(),
  }),
  { name: 'row', time: 'at' },
)
type Row = { at: Date; who: string | null; n: number; yes: boolean; user: { email: string; tags: string[] }; 'user.email': string }
const row = (who: string | null, n: number): Row => ({
  at: new Date(n * 1000),
  who,
  n,
  yes: n > 1,
  user: { email: `${who}@a`, tags: [] },
  'user.email': `${who}@b`,
})
const rows = [row('Ann', 1), row('Bob', 2), row(null, 2), row('Ann', 3)]
const batch = Batch.of(Row, rows) as never as Batch<Record<string, unknown>>
const filter = (where: Record<string, string | string[]>): RowFilter =>
  new Map(Object.entries(where).map(([column, values]) => [column, new Set([values].flat())]))
const kept = (where: Parameters<typeof filter>[0]) => [...(keepOthers(filter(where))(batch) ?? [0, 1, 2, 3])]

test('values are compared as texts: whole numbers, booleans, instants with Z', () => {
  expect([1, true, new Date(0), 'x', 5n, null, undefined, {}].map(filterText)).toEqual([
    '1',
    'true',
    '1970-01-01T00:00:00.000Z',
    'x',
    '5',
    null,
    null,
    null,
  ])
  expect([kept({ n: '2' }), kept({ yes: 'false' }), kept({ at: '1970-01-01T00:00:03.000Z' })]).toEqual([
    [0, 3],
    [1, 2, 3],
    [0, 1, 2],
  ])
})

test('a row goes when it has one of the values in every column, and null is no value', () => {
  expect(kept({ who: 'Ann' })).toEqual([1, 2])
  expect(kept({ who: ['Ann', 'Bob'] })).toEqual([2])
  expect(kept({ who: 'Ann', n: ['3', '2'] })).toEqual([0, 1, 2])
  expect(keepOthers(filter({ who: 'Eve' }))(batch)).toBe(null)
})

test('a column whose name has dots comes before a member', () => {
  expect([kept({ 'user.email': 'Ann@b' }), kept({ 'user.email': 'Ann@a' })]).toEqual([
    [1, 2],
    [0, 1, 2, 3],
  ])
  const { 'user.email': _, ...bare } = row('Ann', 1)
  expect([isMatch(bare, filter({ 'user.email': 'Ann@a' })), isMatch(row('Ann', 1) as never, filter({ 'user.email': 'Ann@a' }))]).toEqual([
    true,
    false,
  ])
})

test('rows without the column stay, and are not known to have it', async () => {
  expect(kept({ none: 'x' })).toEqual([0, 1, 2, 3])
  expect(await matchesIn(Row.fields, () => expect.fail('nothing needs to be read'), filter({ none: 'x', who: 'Ann' }))).toEqual({
    rows: 0,
    known: new Set(['who']),
    columns: Row.fields.map(({ name }) => name),
  })
  expect([knownIn({ a: null, b: { c: 1 } }, filter({ a: 'x', 'b.c': '1', 'b.d': '1', toString: 'x' })), isMatch({}, filter({ a: 'null' }))]).toEqual([
    ['a', 'b.c'],
    false,
  ])
})

test('only the columns of the filter are read', async () => {
  const read: (readonly string[])[] = []
  const batches = async function* (columns: readonly string[]) {
    read.push(columns)
    yield batch
  }
  expect((await matchesIn(Row.fields, batches, filter({ who: 'Ann', n: '1' }))).rows).toBe(1)
  expect(read).toEqual([['who', 'n']])
})

test.each(['user', 'user.tags'])('%s holds no single value, which is said', (path) => {
  const fields = Row.fields.filter(({ name }) => name !== 'user.email')
  return expect(matchesIn(fields, () => expect.fail('nothing needs to be read'), filter({ [path]: 'x' }))).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringMatching(/^"user.*" is of kind (struct|list): rows are found by columns of single values/),
  })
})
