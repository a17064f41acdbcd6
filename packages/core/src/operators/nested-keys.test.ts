import { lastValueFrom, type Observable, of } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'
import { windowed } from './windowed.ts'

const Order = defineSchema(
  z.object({
    at: instant(),
    user: z.object({ country: z.string(), level: z.enum(['new', 'old']) }).nullish(),
    payment: z.discriminatedUnion('by', [z.object({ by: z.literal('card') }), z.object({ by: z.literal('iban'), bank: z.string() })]),
    tags: z.array(z.string()),
  }),
  { name: 'order', time: 'at' },
)
const order = (country: string | null, by: 'card' | 'iban') => ({
  at: new Date(1000),
  user: country === null ? null : { country, level: 'old' as const },
  payment: by === 'card' ? { by } : { by, bank: 'b' },
  tags: ['a'],
})
const batch = Batch.of(Order, [order('FR', 'card'), order('FR', 'iban'), order(null, 'card'), order('DE', 'card')])
const size = { size: '1 minute' } as const

function rowsOf<R>(flow: Observable<Batch<R>>): R[] {
  const rows: R[] = []
  flow.subscribe({
    next: (some) => rows.push(...some),
    error: (error) => {
      throw error
    },
  })
  return rows
}

test('windows group by a member of a nested column, which is null where its object is', () => {
  const rows = rowsOf(of(batch).pipe(windowed(tumbling(size), { by: 'user.country', aggregate: { orders: count() } })))
  expect(rows.map((row) => [row['user.country'], row.orders]).sort()).toEqual([
    [null, 1],
    ['DE', 1],
    ['FR', 2],
  ])
})

test('windows group by several paths, enums and discriminators among them', () => {
  const rows = rowsOf(of(batch).pipe(windowed(tumbling(size), { by: ['payment.by', 'user.level'], aggregate: { orders: count() } })))
  expect(rows.map((row) => [row['payment.by'], row['user.level'], row.orders]).sort()).toEqual([
    ['card', null, 1],
    ['card', 'old', 2],
    ['iban', 'old', 1],
  ])
})

test.each([
  ['user', 'windowed cannot group by "user", which is of kind struct'],
  ['tags', 'windowed cannot group by "tags", which is of kind list'],
  ['user.name', 'order has no column "user.name" to group by'],
])('windows do not group by %s', async (by, message) => {
  const flow = of(batch).pipe(windowed(tumbling(size), { by: by as never, aggregate: { orders: count() } }))
  await expect(lastValueFrom(flow)).rejects.toThrow(message)
})
