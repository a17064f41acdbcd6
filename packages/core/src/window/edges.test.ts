import type { OperatorFunction } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { count } from '../aggregate/count.ts'
import type { Batch } from '../batch/batch.ts'
import { windowed } from '../operators/windowed.ts'
import { Harness } from '../testing/scenario/harness.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import type { Window } from './engine/window.ts'
import { global } from './global.ts'
import { hopping } from './hopping.ts'
import { session } from './session.ts'
import { sliding } from './sliding.ts'
import { tumbling } from './tumbling.ts'

const counted = (window: Window, emit: 'final' | 'updates' = 'final') =>
  windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }, 'final' | 'updates'>(window, { by: 'client_id', aggregate: { n: count() }, emit })

/** What comes out is given step by step: what each text feeds, emits and finds late. */
type Step = readonly [feed: string, emits: string, late?: string]
type Line = readonly [reason: string, window: Window, ...steps: Step[]]

const ten = tumbling({ size: '10s' })
const graced = tumbling({ size: '10s', grace: '5s' })
const hops = hopping({ size: '10s', advance: '5s' })
const gap5 = session({ gap: '5s' })
const gap5grace5 = session({ gap: '5s', grace: '5s' })
const slide10 = sliding({ size: '10s' })

const table: readonly Line[] = [
  ['the start belongs to a window', ten, ['a@0 $', 'a[0,10)=1']],
  ['the end belongs to the next one', ten, ['a@10 $', 'a[10,20)=1']],
  ['the last millisecond is inside', ten, ['a@9.999 $', 'a[0,10)=1']],
  ['a watermark just before the end closes nothing', ten, ['a@1 W9.999', ''], ['$', 'a[0,10)=1']],
  ['a watermark at the end closes', ten, ['a@1 W10', 'a[0,10)=1']],
  ['grace moves the close, not the window', graced, ['a@1 W14.999', ''], ['a@9 W15', 'a[0,10)=2']],
  ['a row exactly at the watermark that closes its window is late', ten, ['a@10', ''], ['b@9.999', '', 'b@9.999']],
  ['a row that itself moves the watermark is never late', ten, ['a@25', ''], ['$', 'a[20,30)=1']],
  ['a row within grace counts', graced, ['a@14.999 b@3', ''], ['a@15', 'b[0,10)=1'], ['$', 'a[10,20)=2']],
  ['a row after grace is late', graced, ['a@15 b@3', '', 'b@3[0,10)'], ['$', 'a[10,20)=1']],
  ['negative times fall into windows that begin before them', ten, ['a@-0.001 a@-10 $', 'a[-10,0)=2']],
  ['a negative time just below a window is in the one before', ten, ['a@-10.001 $', 'a[-20,-10)=1']],
  ['equal times are all counted', ten, ['a@3 a@3 a@3 $', 'a[0,10)=3']],
  ['an offset shifts the grid', tumbling({ size: '10s', offset: '3s' }), ['a@2.999 a@3 $', 'a[-7,3)=1 a[3,13)=1']],
  ['no rows, no windows', ten, ['$', '']],
  ['a watermark that jumps over many windows shows each once, in order', ten, ['b@15 a@1', '', 'a@1'], ['a@41 a@1000', 'b[10,20)=1 a[40,50)=1']],
  ['many windows are shown by end, then key', hops, ['b@1 a@1 a@7 W100', 'a[-5,5)=1 b[-5,5)=1 a[0,10)=2 b[0,10)=1 a[5,15)=1']],
  ['a row on a hop is in the window that starts and not in the one that ends there', hops, ['a@5 $', 'a[0,10)=1 a[5,15)=1']],
  ['a row late for one hopping window counts in the next', hops, ['a@11', ''], ['b@7', '', 'b@7[0,10)'], ['$', 'a[5,15)=1 b[5,15)=1 a[10,20)=1']],
  [
    'hops wider than windows leave gaps, whose rows are in none',
    hopping({ size: '2s', advance: '10s' }),
    ['a@1 a@2 a@11.999 $', 'a[0,2)=1 a[10,12)=1'],
  ],
  ['sessions: rows exactly the gap apart are one', gap5, ['a@1 a@6 $', 'a[1,11)=2']],
  ['sessions: a millisecond more and they are two', gap5, ['a@1 a@6.001 $', 'a[1,6)=1 a[6.001,11.001)=1']],
  ['sessions: at last + gap + grace one is still open', gap5, ['a@1 W6', ''], ['a@6 $', 'a[1,11)=2']],
  ['sessions: a millisecond later it is closed', gap5, ['a@1 W6.001', 'a[1,6)=1']],
  ['sessions: a row between two joins them', gap5grace5, ['a@1 a@9', ''], ['a@5 $', 'a[1,14)=3']],
  ['sessions: a row that would be late alone is not when it joins an open one', gap5, ['a@6 a@10 a@4 $', 'a[4,15)=3']],
  ['sessions: closed is closed, a row next to it opens another', gap5, ['a@1 b@6.001', 'a[1,6)=1'], ['a@2 $', 'a[2,7)=1 b[6.001,11.001)=1']],
  ['sessions: a row whose own session would be closed is late', gap5, ['a@1 b@20', 'a[1,6)=1'], ['a@2', '', 'a@2[2,7)']],
  ['sessions: keys have their own', gap5, ['a@1 b@3 a@5 $', 'b[3,8)=1 a[1,10)=2']],
  ['sliding: both ends are inside', slide10, ['a@0 a@10 $', 'a[-10,0)=1 a[0,10)=2 a[0.001,10.001)=1']],
  ['sliding: a millisecond more and they are apart', slide10, ['a@0 a@10.001 $', 'a[-10,0)=1 a[0.001,10.001)=1']],
  ['sliding: at end + grace it is still open', slide10, ['a@0 W0', ''], ['W0.001', 'a[-10,0)=1']],
  [
    'sliding: a row late for its own window counts in none',
    slide10,
    ['a@10 b@10.001', 'a[0,10)=1'],
    ['a@5', '', 'a@5[-5,5)'],
    ['$', 'b[0.001,10.001)=1'],
  ],
  [
    'sliding: a late row is not in the own window of a later row, and opens none after it',
    sliding({ size: '2s' }),
    ['c@4 a@2 a@4', '', 'a@2[0,2)'],
    ['$', 'a[2,4)=1 c[2,4)=1'],
  ],
  [
    'sliding: late rows of a key without others make no window',
    sliding({ size: '5s', grace: '1s' }),
    ['c@27 a@25 a@21 $', 'c[22,27)=1', 'a@25 a@21'],
  ],
  ['sliding: a row exactly grace after its own end counts', sliding({ size: '5s', grace: '1s' }), ['c@27 a@26 $', 'a[21,26)=1 c[22,27)=1']],
  [
    'global: nothing closes it but the end',
    global(),
    ['a@0 a@1000000 b@5 W2000000', ''],
    ['$', 'a[-62135596800,253402300799.999)=2 b[-62135596800,253402300799.999)=1'],
  ],
]

const ways: readonly (readonly [string, object, (feed: string) => string, string])[] = [
  ['one partition', {}, (feed) => feed, ''],
  ['a restart after each row', {}, (feed) => feed.replace(/(\S+@\S+)/g, '$1 X'), ''],
  ['a commit after each row', {}, (feed) => feed.replace(/(\S+@\S+)/g, '$1 B X'), ''],
  [
    'several partitions, the others idle',
    { partitions: 3, keyedBy: ['client_id'] },
    (feed) => feed.replace(/(\S+@|W)/g, 'p1:$1').replace(/(\S+@\S+)/g, '$1 X'),
    '~60s',
  ],
]

describe.each(ways)('5.1 to 5.3 edges, with %s', (_way, options, change, before) => {
  test.each(table.map(([reason, window, ...steps]) => ({ reason, window, steps })))('$reason', ({ window, steps }) => {
    const run = scenario(Ticket, counted(window) as OperatorFunction<Batch<Ticket>, Batch<object>>, options)
    if (before) run.feed(before)
    for (const [feed, emits, late = ''] of steps) run.feed(change(feed)).emits(emits).late(late)
  })
})

test.each([
  ['moments', slide10],
  ['sessions', gap5],
] as const)('holds as many %s as maxKeys allows, and no more', (what, window) => {
  const tight = windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }>(window, { by: 'client_id', aggregate: { n: count() }, maxKeys: 2 })
  scenario(Ticket, tight).feed('a@1 b@2 a@1')
  expect(() => scenario(Ticket, tight).feed('a@1 b@2 c@3')).toThrow(`3 open ${what} are more than the 2 allowed`)
})

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

describe('fill: zero', () => {
  const filled = (more: object = {}) =>
    windowed<Ticket, 'priority', { n: ReturnType<typeof count> }>(ten, { by: 'priority', aggregate: { n: count() }, fill: 'zero', ...more })
  const zeros = (from: number) => ['critical', 'high', 'low', 'medium'].map((key) => `${key}[${from},${from + 10})=0`).join(' ')

  test('fills keys and windows from the first to the last shown', () => {
    scenario(Ticket, filled())
      .feed('low@1 low@31')
      .emits('critical[0,10)=0 high[0,10)=0 low[0,10)=1 medium[0,10)=0')
      .feed('$')
      .emits(`${zeros(10)} ${zeros(20)} critical[30,40)=0 high[30,40)=0 low[30,40)=1 medium[30,40)=0`)
  })

  test('a gap longer than maxFill stays open', () => {
    scenario(Ticket, filled({ maxFill: 1 }))
      .feed('low@1 X low@1000 X $')
      .emits(`critical[0,10)=0 high[0,10)=0 low[0,10)=1 medium[0,10)=0 ${zeros(10)} ${zeros(1000).replace('low[1000,1010)=0', 'low[1000,1010)=1')}`)
  })

  test('needs enums and windows in a row', () => {
    const byText = windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }>(ten, { by: 'client_id', aggregate: { n: count() }, fill: 'zero' })
    expect(() => scenario(Ticket, byText)).toThrow('"client_id" is of kind string')
    expect(() => windowed<Ticket>(gap5, { aggregate: {}, fill: 'zero' })).toThrow('session')
  })
})

describe('a second windowed', () => {
  const twice = (first: Window, second: Window) => (tickets: import('rxjs').Observable<Batch<Ticket>>) =>
    tickets.pipe(counted(first), windowed(second, { id: 'second', by: 'client_id', aggregate: { windows: count() } }))

  test('takes each window once, when every partition has closed it', () => {
    scenario(Ticket, twice(ten, tumbling({ size: '20s' })) as never, { partitions: 2 })
      .feed('a@1 a@11 a@21 p1:a@2 p1:a@15')
      .emits('')
      .feed('p1:a@40')
      .emits('a[0,20)=2')
      .feed('X a@41')
      .emits('a[20,40)=1')
      .feed('$')
      .emits('a[40,60)=1')
  })

  test('waits for an idle partition, since it may revise', () => {
    scenario(Ticket, twice(ten, tumbling({ size: '20s' })) as never, { partitions: 2 })
      .feed('p1:a@1 ~60s a@5 a@100')
      .emits('')
      .feed('p1:a@99')
      .emits('a[0,20)=1')
  })

  test('its grace and the first one add up', () => {
    scenario(Ticket, twice(graced, tumbling({ size: '20s' })) as never)
      .feed('a@1 a@19 W24.999')
      .emits('')
      .feed('W25')
      .emits('a[0,20)=2')
  })

  test('behind sessions it stands in the task, with the merge to follow', () => {
    scenario(Ticket, twice(gap5, tumbling({ size: '20s' })) as never)
      .feed('a@1 a@9 X a@30 X')
      .emits('a[0,20)=2')
      .feed('$')
      .emits('a[20,40)=1')
  })

  test('is refused behind updates', () => {
    const operator = (tickets: import('rxjs').Observable<Batch<Ticket>>) =>
      tickets.pipe(counted(ten, 'updates'), windowed(ten, { id: 'second', aggregate: {} }))
    expect(() => scenario(Ticket, operator)).toThrow('updates')
  })
})
