import { lastValueFrom, type Observable, of } from 'rxjs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'
import { joinTable } from './join-table.ts'
import { windowed } from './windowed.ts'

type Rows = Observable<Batch<Ticket>>

describe('joinTable', () => {
  const segments = new Map([['a', { segment: 'gold' as const, since: 3 }]])
  const join = (rows: Rows) => rows.pipe(joinTable(segments, { on: 'client_id', columns: { segment: z.enum(['gold', 'basic']), since: z.int() } }))

  test('adds what the table has, and null where it has nothing', () => {
    const show = (row: { segment: string | null; since: number | null }) => `${row.segment}/${row.since}`
    scenario(Ticket, join, { show }).feed('a@1 b@2').emits('gold/3 null/null')
    checkOperator(Ticket, join)
  })

  test('its columns are plain', () => {
    expect(() =>
      joinTable<Ticket, 'client_id', { x: z.ZodType<string | null> }>(new Map(), { on: 'client_id', columns: { x: z.string().nullable() } }),
    ).toThrow('by itself')
  })

  test('a nested column is no key of a table', async () => {
    const Order = defineSchema(z.object({ at: instant(), user: z.object({ id: z.int() }) }), { name: 'order', time: 'at' })
    const orders = of(Batch.of(Order, [{ at: new Date(0), user: { id: 1 } }]))
    const joined = orders.pipe(joinTable(new Map(), { on: 'user', columns: { x: z.string() } }))
    await expect(lastValueFrom(joined)).rejects.toThrow('a join looks up single values, "user" is of kind struct')
  })

  test('windows see the rows it gives', () => {
    const by = (rows: Rows) => rows.pipe(join, windowed(tumbling({ size: '10s' }), { by: 'segment', aggregate: { n: count() } }))
    scenario(Ticket, by).feed('a@1 b@2 $').emits('[0,10)=gold,1 [0,10)=∅,1')
  })
})
