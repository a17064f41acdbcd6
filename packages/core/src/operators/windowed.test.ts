import { type Observable, Subject } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { count } from '../aggregate/count.ts'
import type { Batch } from '../batch/batch.ts'
import type { LateRow } from '../connectors/late-row.ts'
import { Harness } from '../testing/scenario/harness.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import type { Window } from '../window/engine/window.ts'
import { session } from '../window/session.ts'
import { tumbling } from '../window/tumbling.ts'
import { windowed } from './windowed.ts'

type Rows = Observable<Batch<Ticket>>

const counted = (window: Window, emit: 'final' | 'updates' = 'final') =>
  windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }, 'final' | 'updates'>(window, { by: 'client_id', aggregate: { n: count() }, emit })

const ten = tumbling({ size: '10s' })
const gap5 = session({ gap: '5s' })

describe('several partitions', () => {
  test('one far behind holds windows back, and none of its rows is late', () => {
    scenario(Ticket, counted(ten), { partitions: 2 })
      .feed('a@1 a@1000')
      .emits('')
      .feed('p1:a@2 p1:b@3')
      .emits('')
      .feed('p1:b@10')
      .emits('a[0,10)=2 b[0,10)=1')
      .late('')
  })

  test('4.5 the end of a bounded run shows all, and what comes after are revisions', () => {
    const run = new Harness(Ticket, counted(ten), { partitions: 2 })
    const row = (s: number) =>
      ({ ticket_id: '', client_id: 'a', created_at: new Date(s * 1000), request: 'x', request_type: 'billing', priority: 'low' }) as const
    run.push([row(1)], { partition: 1 })
    expect(run.end({ complete: false }).emitted).toMatchObject([{ n: 1, revision: 0 }])
    run.push([row(2)], { partition: 1 })
    expect(run.end({ complete: false }).emitted).toMatchObject([{ n: 2, revision: 1 }])
    expect(run.end().emitted).toEqual([])
  })

  test('an idle partition that returns later than keepFor is expired', () => {
    const run = new Harness(Ticket, counted(ten), { partitions: 2, keepFor: '10s' })
    const row = (s: number) =>
      ({ ticket_id: '', client_id: 'a', created_at: new Date(s * 1000), request: 'x', request_type: 'billing', priority: 'low' }) as const
    run.push([row(1)], { partition: 1 })
    run.elapse('1 minute')
    expect(run.push([row(1), row(5), row(100)]).emitted).toMatchObject([{ n: 3, revision: 1 }])
    run.push([row(6), row(60)], { partition: 1 })
    expect(run.expired).toBe(1)
    expect(run.end().emitted).toMatchObject([{ n: 1, revision: 0 }])
    expect(run.expired).toBe(2)
  })
})

describe('emit: updates', () => {
  test('each change is a row, the last one final', () => {
    scenario(Ticket, counted(ten, 'updates'))
      .feed('a@1 B a@2')
      .emits('a[0,10)=1~ a[0,10)=2#1~')
      .feed('b@12')
      .emits('a[0,10)=2#2 b[10,20)=1~')
      .feed('$')
      .emits('b[10,20)=1#1')
  })

  test('does not go with windows whose bounds change', () => {
    expect(() => counted(gap5, 'updates')).toThrow('session')
  })
})

describe('late rows', () => {
  test('an observer is notified, with and without a pipeline', () => {
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
