import type { Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import type { Batch } from '../../batch/batch.ts'
import { windowed } from '../../operators/windowed.ts'
import { Ticket } from '../../tickets/ticket.ts'
import type { Window } from '../../window/engine/window.ts'
import { session } from '../../window/session.ts'
import { sliding } from '../../window/sliding.ts'
import { tumbling } from '../../window/tumbling.ts'
import { Harness, type HarnessOptions } from './harness.ts'
import { scenario } from './scenario.ts'

const ten = tumbling({ size: '10s' })
const perClient = (window: Window = ten) =>
  windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }>(window, { by: 'client_id', aggregate: { n: count() } })
const updates = windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }, 'updates'>(ten, {
  by: 'client_id',
  aggregate: { n: count() },
  emit: 'updates',
})
const row = (seconds: number, client_id = 'a'): Ticket => ({
  ticket_id: '',
  client_id,
  created_at: new Date(seconds * 1000),
  request: '',
  request_type: 'billing',
  priority: 'low',
})

describe.each([
  ['session', session({ gap: '5s' })],
  ['sliding', sliding({ size: '5s' })],
] as const)('%s windows over several partitions', (_kind, window) => {
  test('are refused, as a pipeline does, unless the partitions are keyed by a column of `by`', () => {
    const begin = (options: HarnessOptions) => new Harness(Ticket, perClient(window), options)
    expect(() => begin({ partitions: 2 })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('keyedBy') }))
    expect(() => begin({ partitions: 2, keyedBy: ['priority'] })).toThrow('is keyed by priority')
    begin({ partitions: 2, keyedBy: ['client_id'] })
    begin({ partitions: 1 })
  })

  test('are refused when a partition is added', () => {
    expect(() => new Harness(Ticket, perClient(window), { fixed: false }).addPartition()).toThrow('keyedBy')
    expect(new Harness(Ticket, perClient(window), { fixed: false, keyedBy: ['client_id'] }).addPartition()).toBe(1)
  })
})

test('late rows name their partition', () => {
  const harness = new Harness(Ticket, perClient(), { partitions: 2 })
  expect(harness.push([row(10), row(1)], { partition: 1 }).late).toMatchObject([
    { flow: 'scenario', operator: 'windowed', partition: 'p1', position: 1 },
  ])
})

test('tells the watermark of each partition and of the merge', () => {
  const harness = new Harness(Ticket, perClient(), { partitions: 2, maxOutOfOrderness: '1s' })
  const all = () => [harness.watermarkOf(0), harness.watermarkOf(1), harness.watermarkOf('merge')]
  expect(all()).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])
  harness.push([row(10)], { commit: false })
  expect(all()).toEqual([9_000, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])
  harness.watermark(4_000, { partition: 1 })
  harness.commit()
  expect(all()).toEqual([9_000, 4_000, 4_000])
  harness.elapse('1 minute')
  expect(harness.watermarkOf('merge')).toBe(Number.POSITIVE_INFINITY)
  expect(() => harness.watermarkOf(2)).toThrow('partitions: 3')
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s as a watermark', (ms) => {
  const harness = new Harness(Ticket, perClient())
  expect(() => harness.watermark(ms)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  expect(harness.push([row(1), row(10)]).emitted).toMatchObject([{ n: 1 }])
})

describe('crashes', () => {
  /** How often the flow was built: once for each task and for the merge, and again after each crash. */
  const counting = (options: HarnessOptions) => {
    let builds = 0
    const operator = (rows: Observable<Batch<Ticket>>) => {
      builds++
      return rows.pipe(perClient())
    }
    const harness = new Harness(Ticket, operator, options)
    return {
      harness,
      builds: () => {
        const now = builds
        builds = 0
        return now
      },
    }
  }

  test('one task, the merge or everything dies, and the results are the same', () => {
    const { harness, builds } = counting({ partitions: 2 })
    expect(builds()).toBe(3)
    const steps = [
      [() => harness.restart(1), 1],
      [() => harness.restart('merge'), 1],
      [() => harness.restart(), 3],
      [() => harness.rebalance(0), 1],
      [() => harness.rebalance(), 2],
    ] as const
    for (const [step, built] of steps) {
      for (const partition of [0, 1]) harness.push([row(1)], { partition, commit: false })
      expect(step()).toEqual({ emitted: [], late: [] })
      expect(builds()).toBe(built)
      harness.commit(0)
    }
    expect(harness.end().emitted).toMatchObject([{ n: 10, revision: 0 }])
  })

  test('a task that came back waits for the whole idle timeout again', () => {
    const harness = new Harness(Ticket, perClient(), { partitions: 2 })
    harness.push([row(1)], { partition: 1 })
    harness.elapse('40s')
    harness.restart(0)
    expect(harness.elapse('40s').emitted).toEqual([])
    expect(harness.elapse('20s').emitted).toMatchObject([{ n: 1 }])
  })

  test('a watermark that moves begins the idle timeout anew, as a row does', () => {
    const harness = new Harness(Ticket, perClient())
    harness.push([row(1)])
    harness.elapse('40s')
    harness.watermark(2_000)
    harness.elapse('40s')
    expect(harness.watermarkOf('merge')).toBe(2_000)
    harness.watermark(2_000)
    harness.elapse('20s')
    expect(harness.watermarkOf('merge')).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a merge that lags', () => {
  test('shows nothing until it starts again, and then each window once', () => {
    const harness = new Harness(Ticket, perClient(), { partitions: 2 })
    harness.stopMerge()
    for (const seconds of [1, 2, 12]) for (const partition of [1, 0]) expect(harness.push([row(seconds)], { partition }).emitted).toEqual([])
    harness.restart()
    expect(harness.startMerge().emitted).toMatchObject([{ n: 4, revision: 0 }])
    expect(harness.startMerge()).toEqual({ emitted: [], late: [] })
    expect(harness.end().emitted).toMatchObject([{ n: 2 }])
  })

  test('catches up at the end', () => {
    const harness = new Harness(Ticket, perClient())
    harness.stopMerge()
    harness.push([row(1), row(12)])
    expect(harness.end().emitted).toMatchObject([{ n: 1 }, { n: 1 }])
  })
})

describe('a partition that is added', () => {
  test('is waited for, and revises what was shown', () => {
    const harness = new Harness(Ticket, perClient(), { fixed: false })
    expect(harness.push([row(1), row(12)]).emitted).toMatchObject([{ n: 1, revision: 0 }])
    expect(harness.addPartition()).toBe(1)
    harness.restart('merge')
    expect(harness.push([row(25)]).emitted).toEqual([])
    expect(harness.push([row(2), row(21)], { partition: 1 }).emitted).toMatchObject([
      { window_start: new Date(0), n: 2, revision: 1 },
      { window_start: new Date(10_000), n: 1, revision: 0 },
    ])
    harness.end()
    expect(() => harness.addPartition()).toThrow('ended')
  })

  test('is refused where the partitions are fixed', () => {
    expect(() => new Harness(Ticket, perClient()).addPartition()).toThrow('fixed: false')
  })
})

describe('is_final', () => {
  const finals = (harness: Harness<Ticket, { is_final: boolean; n: number }>, rows: readonly Ticket[]) =>
    harness.push(rows).emitted.map(({ is_final, n }) => [n, is_final])

  test('comes when every partition has closed the window, where none can be added', () => {
    expect(finals(new Harness(Ticket, updates), [row(1), row(12)])).toEqual([
      [1, true],
      [1, false],
    ])
  })

  test('comes after keepFor where partitions can be added, and nothing follows it', () => {
    const harness = new Harness(Ticket, updates, { fixed: false, keepFor: '20s' })
    expect(finals(harness, [row(1), row(12)])).toEqual([
      [1, false],
      [1, false],
    ])
    harness.addPartition()
    expect(harness.push([row(2), row(29.999)], { partition: 1 }).emitted).toMatchObject([{ n: 2, is_final: false }, { n: 1 }])
    harness.push([row(31)])
    expect(harness.push([row(30)], { partition: 1 }).emitted).toMatchObject([{ n: 2, is_final: true }, { n: 2 }])
    const late = harness.addPartition()
    expect(harness.push([row(3)], { partition: late }).emitted).toEqual([])
    expect(harness.expired).toBe(1)
  })
})

test('a scenario has a token for each of these', () => {
  const options = { partitions: 2, fixed: false }
  scenario(Ticket, perClient(), options)
    .feed('a@1 p1:a@2 p1:X merge:X R p1:R X a@12 p1:a@13')
    .emits('a[0,10)=2')
    .feed('merge:stop a@20 p1:a@21')
    .emits('')
    .feed('merge:X merge:start')
    .emits('a[10,20)=2')
    .feed('+p p2:a@3 a@30 p1:a@30')
    .emits('')
    .feed('p2:a@30')
    .emits('a[0,10)=3#1 a[20,30)=2')
    .feed('$')
    .emits('a[30,40)=3')
  expect(() => scenario(Ticket, perClient()).feed('+p')).toThrow(/fixed: false[\s\S]*\+p\n {9}\^/)
  expect(() => scenario(Ticket, perClient()).feed('p3:R')).toThrow('there is no partition 3')
})
