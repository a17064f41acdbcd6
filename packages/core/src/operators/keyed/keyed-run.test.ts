import fc from 'fast-check'
import type { Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../../aggregate/count.ts'
import type { Duration } from '../../base/duration.ts'
import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import { Graph } from '../../dataflow/graph.ts'
import type { MergeStageOperator } from '../../dataflow/scope.ts'
import { defineSchema } from '../../schema/define.ts'
import { checkOperator } from '../../testing/check-operator.ts'
import { memorySink } from '../../testing/memory-sink.ts'
import { Harness } from '../../testing/scenario/harness.ts'
import { scenario } from '../../testing/scenario/scenario.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { instant } from '../../values/instant.ts'
import { session } from '../../window/session.ts'
import { tumbling } from '../../window/tumbling.ts'
import { into } from '../into.ts'
import { keyedOperator } from '../keyed-operator.ts'
import { windowed } from '../windowed.ts'
import type { KeyedOptions } from './definition.ts'

type Rows = Observable<Batch<Ticket>>
const Call = defineSchema(z.object({ client: z.string(), what: z.string(), at: instant() }), { name: 'call', time: 'at' })
type Call = z.output<typeof Call.zod>
const show = ({ client, what, at }: Call) => `${client}@${at.getTime() / 1000}=${what}`
const callOf = (client: string, what: string, time: number): Call => ({ client, what, at: new Date(time) })

const ticket = (client_id: string, second: number): Ticket => ({
  ticket_id: '',
  client_id,
  created_at: new Date(second * 1000),
  request: '',
  request_type: 'billing',
  priority: 'low',
})

/** Sets a timer 10 seconds after each row, and emits rows, timers and ends with the number of rows of the key so far. */
const timed = (more: Partial<KeyedOptions<Ticket, 'client_id', number, Call>> = {}) =>
  keyedOperator<Ticket, 'client_id', number, Call>(Call, {
    by: 'client_id',
    init: () => 0,
    onRow({ client_id }, context) {
      context.state++
      context.setTimer({ after: '10s' })
      context.emit(callOf(client_id, `row${context.state}`, context.time))
    },
    onTimer: () => {},
    ...more,
  })

const onTimer: KeyedOptions<Ticket, 'client_id', number, Call>['onTimer'] = (time, context) =>
  context.emit(callOf(context.key.client_id, `timer${context.state}`, time))
const onEnd: KeyedOptions<Ticket, 'client_id', number, Call>['onEnd'] = (context) =>
  context.emit(callOf(context.key.client_id, `end${context.state}`, context.time))

describe('the end of a complete source', () => {
  const operator = (rows: Rows) => rows.pipe(timed({ onTimer, onEnd }))

  test('fires the timers that are left, then ends each key with a state, in the order of the keys', () => {
    scenario(Ticket, operator, { show }).feed('b@1 a@2').emits('b@1=row1 a@2=row1').feed('X $').emits('b@11=timer1 a@12=timer1 a@12=end1 b@11=end1')
  })

  test('comes once, also after a restart that finds it recorded', () => {
    const harness = new Harness(Ticket, operator)
    const row = ticket('a', 0)
    harness.push([row])
    expect(harness.end().emitted.map(show)).toEqual(['a@10=timer1', 'a@10=end1'])
    expect(() => harness.push([row])).toThrow('has ended')
  })

  test('is not the end of a bounded run', () => {
    const harness = new Harness(Ticket, operator)
    harness.push([ticket('a', 0)])
    expect(harness.end({ complete: false }).emitted).toEqual([])
  })

  test('windows after it find its last rows as late as they are, also where it came back right before the end', () => {
    const ends = timed({ onRow: (_row, context) => void context.state++, onEnd })
    const counts = windowed<Call, never, { n: ReturnType<typeof count> }>(tumbling({ size: '20s' }), { aggregate: { n: count() } })
    checkOperator(Ticket, (rows: Rows) => rows.pipe(ends, counts))
  })

  test('windows after it find rows of a timer as late as its time says, wherever ranges end', () => {
    const timers = timed({
      onRow: (_row, context) => void context.setTimer({ after: '10s' }),
      onTimer: (time, context) => context.emit(callOf(context.key.client_id, 'timer', time - 15_000)),
    })
    const counts = windowed<Call, never, { n: ReturnType<typeof count> }>(tumbling({ size: '20s' }), { aggregate: { n: count() } })
    checkOperator(Ticket, (rows: Rows) => rows.pipe(timers, counts))
  })

  test('a timer that sets itself for ever is refused', () => {
    const forever = (rows: Rows) => rows.pipe(timed({ onTimer: (_time, context) => void context.setTimer({ after: 1 }) }))
    expect(() => scenario(Ticket, forever, { show }).feed('a@1 $')).toThrow('has set 1000000 timers after the source ended')
  })
})

describe('after windows', () => {
  type Minute = { client_id: string; window_end: Date; n: number }

  /** Emits the windows of a client with their number, and after a while without one, that it is quiet. */
  const quietOf = (ttl: Duration, after: Duration) =>
    keyedOperator<Minute, 'client_id', { windows: number; due: number }, Call>(Call, {
      ttl,
      by: 'client_id',
      init: () => ({ windows: 0, due: 0 }),
      onRow({ client_id, n }, context) {
        context.cancelTimer(context.state.due)
        context.state.windows++
        context.state.due = context.setTimer({ after })
        context.emit(callOf(client_id, `${context.state.windows}:${n}`, context.time + 1))
      },
      onTimer: (time, context) => context.emit(callOf(context.key.client_id, 'quiet', time + 1)),
      onEnd: (context) => context.emit(callOf(context.key.client_id, `end${context.state.windows}`, context.time + 1)),
    })
  const quiet = quietOf('1 day', '25s')
  const windowsOf = (grace: Duration) =>
    windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }>(tumbling({ size: '10s', grace }), { by: 'client_id', aggregate: { n: count() } })
  const windows = windowsOf(0)

  test('it runs in the merge, whose records hold timers and state', () => {
    scenario(Ticket, (rows: Rows) => rows.pipe(windows, quiet), { show, partitions: 2 })
      .feed('p0:a@1 p1:a@2 p1:b@3 p0:a@11 p1:a@12')
      .emits('a@10=1:2 b@10=1:1')
      .feed('merge:X p0:c@31 p1:c@36')
      .emits('a@20=2:2')
      .feed('X p0:c@41 p1:c@51')
      .emits('b@35=quiet c@40=1:2')
      .feed('merge:X R $')
      .emits('a@45=quiet c@50=2:1 c@60=3:1 c@85=quiet a@45=end2 b@35=end1 c@85=end3')
      .feed('')
      .emits('')
  })

  test('what comes out, and its order, depends on how far each partition is read, and not on which is first', () => {
    const rowsOf = fc.array(fc.record({ client: fc.constantFrom('a', 'b', 'c'), second: fc.integer({ min: 0, max: 90 }) }), { maxLength: 12 })
    const steps = fc.array(
      fc.record({ partition: fc.nat(2), rows: fc.nat(3), next: fc.constantFrom('none', 'commit', 'idle', 'crash', 'merge', 'stop', 'start') }),
      { maxLength: 20 },
    )
    const run = (partitions: readonly Ticket[][], how: readonly { partition: number; rows: number; next: string }[]) => {
      const harness = new Harness(Ticket, (rows: Rows) => rows.pipe(windowsOf('3s'), quietOf('30s', '11s')), { partitions: 3 })
      const left = partitions.map((rows) => [...rows])
      const emitted: Call[] = []
      for (const { partition, rows, next } of how) {
        emitted.push(...harness.push((left[partition] as Ticket[]).splice(0, rows), { partition, commit: next === 'commit' }).emitted)
        if (next === 'idle') emitted.push(...harness.elapse('1 minute').emitted)
        else if (next === 'crash') harness.restart()
        else if (next === 'merge') harness.restart('merge')
        else if (next === 'stop') harness.stopMerge()
        else if (next === 'start') emitted.push(...harness.startMerge().emitted)
      }
      for (const [partition, rows] of left.entries()) emitted.push(...harness.push(rows, { partition }).emitted)
      return [...emitted, ...harness.end().emitted].map(show)
    }
    fc.assert(
      fc.property(fc.tuple(rowsOf, rowsOf, rowsOf), steps, (all, how) => {
        const partitions = all.map((rows) => rows.map(({ client, second }) => ticket(client, second)))
        expect(run(partitions, how)).toEqual(run(partitions, []))
      }),
      { numRuns: 300 },
    )
  })

  test('the end is recorded, so that a merge that comes back does not repeat it', () => {
    const flows = (rows: Rows) => ({ f: rows.pipe(windows, timed({ onEnd }) as never, into(memorySink('f') as never)) })
    const given: string[] = []
    const opened = (saved: readonly Json[]) => {
      const graph = new Graph('merge', Ticket, flows, { onOutput: (_flow, batch) => void given.push(...[...batch].map((row) => show(row as Call))) })
      const merged = graph.mergeStage.get('f/keyedOperator') as MergeStageOperator
      for (const json of saved) merged.restore(json, 1)
      const cut = (whole: boolean) => JSON.parse(JSON.stringify(merged.snapshot(whole))) as Json
      return { graph, merged, cut }
    }
    const { graph, merged, cut } = opened([])
    const results = [{ key: '[0,10000,"a"]', accs: [[1]], revision: 0, final: true, rows: 1 }]
    graph.emit(() => graph.aggregations.get('f/windowed')?.emit(results))
    const base = cut(true)
    graph.advanceOne(merged, Number.POSITIVE_INFINITY)
    const again = opened([base, cut(false)])
    again.graph.advanceOne(again.merged, Number.POSITIVE_INFINITY)
    expect(given).toEqual(['a@9.999=row1', 'a@19.999=end1'])
  })

  test('sessions of a task come with the watermark that closed them', () => {
    const sessions = (rows: Rows) =>
      rows.pipe(
        windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }>(session({ gap: '5s', grace: '2s' }), {
          by: 'client_id',
          aggregate: { n: count() },
        }),
        quiet,
        windowed<Call, 'what', { calls: ReturnType<typeof count> }>(tumbling({ size: '100s' }), {
          id: 'calls',
          by: 'what',
          aggregate: { calls: count() },
        }),
      )
    scenario(Ticket, sessions)
      .feed('a@1 a@3 b@20')
      .emits('')
      .feed('X b@33 | c@34')
      .emits('')
      .feed('c@200 X')
      .emits('[0,100)=1:1,2 [0,100)=1:2,1 [0,100)=2:1,1 [0,100)=quiet,3')
      .late('')
    checkOperator(Ticket, sessions)
  })

  test('those that are emitted at each change are refused', () => {
    const updates = windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }, 'updates'>(tumbling({ size: '10s' }), {
      by: 'client_id',
      aggregate: { n: count() },
      emit: 'updates',
    })
    expect(() => scenario(Ticket, (rows: Rows) => rows.pipe(updates, quiet))).toThrow(
      "comes after a runningTotals, or a windowed with emit: 'updates'",
    )
  })
})

test('a key that the rows lack is refused before anything is read', () => {
  expect(() => scenario(Ticket, (rows: Rows) => rows.pipe(timed({ by: 'nobody' as never }))).feed('')).toThrow('has no column "nobody"')
})

test('instants in the key are dates, and a column that is absent is null', () => {
  const Visit = defineSchema(z.object({ at: instant(), day: instant(), shop: z.string().optional() }), { name: 'visit', time: 'at' })
  type Visit = z.output<typeof Visit.zod>
  const byDay = (visits: Observable<Batch<Visit>>) =>
    visits.pipe(
      keyedOperator(Call, {
        by: ['day', 'shop'],
        init: () => 0,
        onRow: (_visit, { key, emit }) => emit({ client: String(key.shop), what: key.day.toISOString(), at: key.day }),
      }),
    )
  const harness = new Harness(Visit, byDay)
  const day = new Date('2026-01-01T00:00:00Z')
  expect(harness.push([{ at: new Date(5), day }]).emitted).toEqual([{ client: 'null', what: '2026-01-01T00:00:00.000Z', at: day }])
})
