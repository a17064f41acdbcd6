import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { Batch, type RowOf } from './batch.ts'
import { valueReader } from './columns.ts'
import { columnAt, locate, pathReaders } from './paths.ts'

const address = z.object({ city: z.string().nullable(), isHome: z.boolean() })
const Row = defineSchema(
  z.object({
    at: instant(),
    'user.id': z.string(),
    user: z.object({ id: z.int(), address: address.optional(), tags: z.array(z.string()) }).nullable(),
  }),
  { name: 'row', time: 'at' },
)
const rows: RowOf<typeof Row>[] = Array.from({ length: 20 }, (_, i) => ({
  at: new Date(i),
  'user.id': `u${i}`,
  user: i % 4 === 0 ? null : { id: i, ...(i % 3 === 0 ? {} : { address: { city: i % 5 === 0 ? null : `c${i}`, isHome: i % 2 === 0 } }), tags: [] },
}))
const read = (batch: Batch<unknown>, path: string) => {
  const located = locate(Row.fields, path)
  if (!located) return null
  const value = valueReader(located.field, columnAt(batch, located.places))
  return Array.from({ length: batch.length }, (_, i) => value(i))
}

test('a member is found by its path, and is null where an object on the way is missing', () => {
  const batch = Batch.of(Row, rows)
  expect(read(batch, 'user.address.city')).toEqual(rows.map(({ user }) => user?.address?.city ?? null))
  expect(read(batch, 'user.address.isHome')).toEqual(rows.map(({ user }) => user?.address?.isHome ?? null))
  expect(locate(Row.fields, 'user.address.isHome')?.field).toMatchObject({ name: 'user.address.isHome', kind: 'boolean', nullable: true })
})

test('a column whose own name has a dot comes before a path', () => {
  expect(read(Batch.of(Row, rows), 'user.id')).toEqual(rows.map((row) => row['user.id']))
})

test('what is no member of an object is not found', () => {
  expect(['other', 'user.name', 'user.tags.0', 'user.tags.element', 'user.', 'at.time', ''].map((path) => locate(Row.fields, path))).toEqual(
    Array.from({ length: 7 }, () => null),
  )
})

test('readers of paths read as those of columns, in the order of the paths', () => {
  const readers = pathReaders(Batch.of(Row, rows), ['user.address.city', 'user.id', 'user'])
  expect(readers.map(({ field }) => field.kind)).toEqual(['string', 'string', 'struct'])
  const found = rows.map((_, i) => readers.map(({ read: at }) => at(i)))
  expect(found).toEqual(rows.map((row) => [row.user?.address?.city ?? null, row['user.id'], row.user]))
  expect(() => pathReaders(Batch.of(Row, rows), ['other'])).toThrowError(/row has no column "other"; it has /)
})
