import { map, type Observable, Subject } from 'rxjs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { instant } from '../base/instant.ts'
import type { Batch } from '../batch/batch.ts'
import type { LateRow } from '../connectors/late-row.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { tumbling } from '../window/tumbling.ts'
import { dedupe } from './dedupe.ts'
import { joinTable } from './join-table.ts'
import { rows } from './rows.ts'
import { sessionize } from './sessionize.ts'
import { statefulOperator } from './stateful-operator.ts'
import { toBatches } from './to-batches.ts'
import { windowed } from './windowed.ts'

type Rows = Observable<Batch<Ticket>>

describe('dedupe', () => {
  const once = (rows: Rows) => rows.pipe(dedupe({ key: 'client_id', within: '10s' }))

  test.each([
    ['the first one read stays', 'a@1 a@2 b@2 a@1', 'a@1 b@2'],
    ['exactly within after is another', 'a@1 a@11 a@10.999', 'a@1 a@11'],
    ['a repeat is found across a crash', 'a@1 B X a@2 X a@3', 'a@1'],
    ['a repeat that is out of order is found', 'a@20 a@11', 'a@20'],
    ['one that is too late passes unchecked, and is not remembered', 'b@1 a@20 b@2 b@2', 'b@1 a@20 b@2 b@2'],
  ])('%s', (_reason, feed, emits) => {
    scenario(Ticket, once).feed(feed).emits(emits)
  })

  test('keeps the laws', () => {
    checkOperator(Ticket, once)
    checkOperator(Ticket, (rows: Rows) => rows.pipe(dedupe({ key: ['client_id', 'priority'], within: '40s' })))
  })

  test('refuses nonsense and too much', () => {
    expect(() => dedupe<Ticket, 'client_id'>({ key: 'client_id', within: 0 })).toThrow('within')
    const tight = (rows: Rows) => rows.pipe(dedupe({ key: 'client_id', within: '1 hour', maxKeys: 2 }))
    expect(() => scenario(Ticket, tight).feed('a@1 b@1 c@1')).toThrow('3 open keys are more than the 2 allowed')
  })
})

describe('sessionize', () => {
  const sessions = (rows: Rows) => rows.pipe(sessionize({ by: 'client_id', gap: '5s' }))
  const show = (row: { client_id: string; session_start: Date }) => `${row.client_id}:${row.session_start.getTime() / 1000}`

  test('each row has the start of its session', () => {
    scenario(Ticket, sessions, { show }).feed('a@1 a@6 X b@6 a@11.001 B X a@12 a@2 $').emits('a:1 a:1 b:6 a:11.001 a:11.001 a:2')
  })

  test('keeps the laws', () => checkOperator(Ticket, sessions))
})

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

  test('windows see the rows it gives', () => {
    const by = (rows: Rows) => rows.pipe(join, windowed(tumbling({ size: '10s' }), { by: 'segment', aggregate: { n: count() } }))
    scenario(Ticket, by).feed('a@1 b@2 $').emits('[0,10)=gold,1 [0,10)=∅,1')
  })
})

describe('late rows', () => {
  test('an observer is told, with and without a pipeline', () => {
    const late = new Subject<Batch<LateRow>>()
    const got: LateRow[] = []
    late.subscribe((batch) => got.push(...batch))
    const operator = (rows: Rows) => rows.pipe(windowed(tumbling({ size: '10s' }), { aggregate: { n: count() }, late }))
    scenario(Ticket, operator).feed('a@1 a@20 a@2').late('a@2')
    expect(got).toMatchObject([
      {
        flow: 'scenario',
        operator: 'windowed',
        partition: 'p0',
        watermark: new Date(20_000),
        position: 2,
        windows: '[["1970-01-01T00:00:00.000Z","1970-01-01T00:00:10.000Z"]]',
      },
    ])
  })
})

describe('behind a windowed', () => {
  test('an operator with memory keeps it in the records of the merge', () => {
    const running = <T extends { n: number }>() =>
      statefulOperator<T, T, { total: number }>({
        id: 'running',
        init: () => ({ total: 0 }),
        onBatch: (state, batch) => {
          for (const { n } of batch) state.total += n
          totals.push(state.total)
          return batch
        },
        snapshot: ({ total }) => total,
        restore: (total) => ({ total: Number(total) }),
      })
    const totals: number[] = []
    const operator = (rows: Rows) => rows.pipe(windowed(tumbling({ size: '10s' }), { aggregate: { n: count() } }), running())
    scenario(Ticket, operator).feed('a@1 a@2 a@10').emits('[0,10)=2').feed('X a@20').emits('[10,20)=1').feed('X $').emits('[20,30)=1')
    expect(totals.filter((total) => total > 0)).toEqual([2, 3, 4])
  })

  test('single rows come back to batches in the merge', () => {
    const Counted = defineSchema(z.object({ n: z.int(), at: instant() }), { name: 'counted', time: 'at' })
    const operator = (rows_: Rows) =>
      rows_.pipe(
        windowed(tumbling({ size: '10s' }), { aggregate: { n: count() } }),
        rows(),
        map(({ n, window_end }) => ({ n: n * 10, at: window_end })),
        toBatches(Counted, 2),
      )
    const show = ({ n }: { n: number }) => `${n}`
    scenario(Ticket, operator, { show }).feed('a@1 a@2 a@10').emits('20').feed('X a@20 a@30 a@40').emits('10 10 10').feed('$').emits('10')
  })
})
