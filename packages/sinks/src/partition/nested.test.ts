import { Batch, defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { bucket, day } from './partition-by.ts'
import { partitionPlan } from './plan.ts'
import { checkSort, sorter } from './sort-rows.ts'

const Order = defineSchema(
  z.object({ at: instant(), user: z.object({ country: z.string(), since: instant(), born: z.number() }).nullable(), tags: z.array(z.string()) }),
  { name: 'order', time: 'at' },
)
const user = (country: string, day: number) => ({ country, since: new Date(Date.UTC(2026, 0, day)), born: day })
const batch = Batch.of(
  Order,
  [user('FR', 2), null, user('DE', 1), user('FR', 1)].map((one, i) => ({ at: new Date(i), user: one, tags: [] })),
)

test('a dataset is divided by members of nested columns, which stay in the files', () => {
  const plan = partitionPlan(['user.country', day('user.since')], Order, 100)
  expect(plan.fileSchema.fields).toEqual(Order.fields)
  expect(plan.names).toEqual(['user.country', 'user.since_date'])
  expect(plan.split(batch).map(({ folder, rows }) => [folder, ...rows])).toEqual([
    ['user.country=DE/user.since_date=2026-01-01', 2],
    ['user.country=FR/user.since_date=2026-01-01', 3],
    ['user.country=FR/user.since_date=2026-01-02', 0],
    ['user.country=__HIVE_DEFAULT_PARTITION__/user.since_date=__HIVE_DEFAULT_PARTITION__', 1],
  ])
})

test('a dataset is divided by buckets of a member', () => {
  const plan = partitionPlan([bucket('user.country', 1)], Order, 100)
  expect(plan.fileSchema.fields).toEqual(Order.fields)
  expect(plan.split(batch).map(({ folder, rows }) => [folder, ...rows])).toEqual([
    ['user.country_bucket=0', 0, 2, 3],
    ['user.country_bucket=__HIVE_DEFAULT_PARTITION__', 1],
  ])
  expect(() => partitionPlan([bucket('tags', 4)], Order, 100)).toThrow('"tags" is of kind list')
})

test('rows are sorted by a member, those without it last', () => {
  const sort = sorter(batch, [{ column: 'user.country' }, { column: 'user.born' }])
  expect([...sort(Int32Array.of(0, 1, 2, 3))]).toEqual([2, 3, 0, 1])
})

test('a column without one value in each row is refused', () => {
  expect(() => partitionPlan(['user'], Order, 100)).toThrow('"user" is of kind struct, which is no name of a folder')
  expect(() => partitionPlan(['user.name'], Order, 100)).toThrow('partitionBy: order has no column "user.name"')
  expect(() => checkSort('tags', Order)).toThrow('sortBy: "tags" is of kind list, which has no order')
})
