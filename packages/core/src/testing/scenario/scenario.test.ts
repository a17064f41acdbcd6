import { map, Observable } from 'rxjs'
import { expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import type { Batch } from '../../batch/batch.ts'
import { windowed } from '../../operators/windowed.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { tumbling } from '../../window/tumbling.ts'
import { type ScenarioStep, scenario } from './scenario.ts'

const perClient = (tickets: Observable<Batch<Ticket>>) =>
  tickets.pipe(windowed(tumbling({ size: '10s' }), { by: 'client_id', aggregate: { n: count() } }))
const begin = (options?: object) => scenario(Ticket, perClient, options)

test('a user tests an operator in three lines', () => {
  begin().feed('a@1 a@4 b@8 | a@12').emits('a[0,10)=2 b[0,10)=1').feed('a@3').late('a@3').feed('$').emits('a[10,20)=1')
})

test('late rows tell the windows they missed', () => {
  begin().feed('a@1 a@12 a@3').late('a@3[0,10)').emits('a[0,10)=1')
})

test('crashes, commits, watermarks, partitions, processing time', () => {
  begin().feed('a@1 X a@4 B X a@12 X').emits('a[0,10)=2').feed('X $').emits('a[10,20)=1')
  begin().feed('a@1 W9.999').emits('').feed('W10').emits('a[0,10)=1').feed('a@5').late('a@5')
  begin({ partitions: 2 })
    .feed('a@1 p1:a@2 a@20')
    .emits('')
    .feed('p1:b@15')
    .emits('a[0,10)=2')
    .feed('~60s')
    .emits('b[10,20)=1 a[20,30)=1')
    .feed('p1:b@16')
    .emits('')
    .feed('p1:b@21')
    .emits('b[10,20)=2#1')
})

test('words say the same as letters', () => {
  begin().feed('a@1 crash a@4 commit crash a@12 crash').emits('a[0,10)=2').feed('crash end').emits('a[10,20)=1')
  begin({ partitions: 2, idleTimeout: '20s' }).feed('a@1 a@12').emits('').feed('p1:crash merge:crash rebalance idle').emits('a[0,10)=1 a[10,20)=1')
  expect(() => begin({ idleTimeout: Number.POSITIVE_INFINITY }).feed('idle')).toThrow('elapse')
})

test('each step is observed, with its rows, its results and the watermarks after it', () => {
  const steps: unknown[] = []
  const observed = begin({
    onStep: ({ text, from, to, rows, emitted, late }: ScenarioStep<{ n: number }>) =>
      steps.push([text, from, to, rows.length, emitted.map(({ n }) => n), late.length, observed.watermarkOf('merge') / 1000]),
  })
  observed.feed(' a@1  a@12 | commit a@3')
  expect(steps).toEqual([
    ['a@1 a@12', 1, 10, 2, [], 0, Number.NEGATIVE_INFINITY],
    ['|', 11, 12, 0, [], 0, Number.NEGATIVE_INFINITY],
    ['commit', 13, 19, 0, [1], 0, 12],
    ['a@3', 20, 23, 1, [], 0, 12],
    ['', 23, 23, 0, [], 1, 12],
  ])
})

test('a value and a key of an enum', () => {
  scenario(Ticket, windowed(tumbling({ size: '10s' }), { by: ['request_type', 'client_id'], aggregate: { n: count() } }))
    .feed('account=c1@1 $')
    .emits('account,c1[0,10)=1')
})

test('a failure prints the trace with a caret under what was expected', () => {
  expect(() => begin().feed('a@1 b@8 a@12').emits('a[0,10)=1 b[0,10)=2')).toThrow(
    ['  feed   a@1 b@8 a@12', '  emits  a[0,10)=1 b[0,10)=2', `${' '.repeat(19)}^ expected b[0,10)=2, got b[0,10)=1`].join('\n'),
  )
  expect(() => begin().feed('a@1 a-2')).toThrow(/does not know "a-2"[\s\S]*a@1 a-2\n {6}\^/)
  expect(() => begin().feed('a@1').emits('a@1')).toThrow('expected a@1, got nothing')
  expect(() => begin().feed('p1:a@1')).toThrow('partitions: 2')
})

test('the checks that nobody asked for', () => {
  const timer = (rows: Observable<Batch<Ticket>>) =>
    rows.pipe(
      map((batch) => {
        setTimeout(() => {}, 0)
        return batch
      }),
    )
  expect(() => scenario(Ticket, timer).feed('a@1 $')).toThrow('timers')
  const keeps = (rows: Observable<Batch<Ticket>>) => new Observable<Batch<Ticket>>((out) => void rows.subscribe({ next: (batch) => out.next(batch) }))
  expect(() => scenario(Ticket, keeps).feed('a@1 $')).toThrow('subscriptions')
})
