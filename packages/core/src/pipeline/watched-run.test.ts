import { expect, it } from 'vitest'
import { MemoryBudget } from '../commit/memory-budget.ts'
import { MergeState } from '../merge/fold.ts'
import { freshStatus } from '../tasks/context.ts'
import { watchedRun } from './watched-run.ts'

const budget = new MemoryBudget(1000)
const out = (flow: string, format?: string) => ({ flow, sink: { target: `memory:${flow}`, ...(format && { format }) } })
const context = {
  name: 'lake',
  logId: 'log1',
  source: { name: 'kafka:tickets' },
  partitions: ['tickets-0'],
  writers: { task: [out('all', 'parquet')], merge: [out('hourly')], all: [out('all', 'parquet'), out('hourly')] },
  budget,
  clock: { now: () => 5_000, sleep: async () => {} },
  statuses: new Map([['tickets-0', { ...freshStatus(0), rows: 12 }]]),
} as never

it('describes a run', () => {
  const { state, ...described } = watchedRun(context, { assigned: null, merge: null }, { range: { rows: 1, bytes: 1, time: 30_000 } }, 'october')
  expect(described).toEqual({
    pipeline: 'lake',
    logId: 'log1',
    backfill: 'october',
    source: 'kafka:tickets',
    partitions: ['tickets-0'],
    outputs: [
      { flow: 'all', target: 'memory:all', format: 'parquet', inMerge: false },
      { flow: 'hourly', target: 'memory:hourly', format: null, inMerge: true },
    ],
    rangeTime: 30_000,
  })
  expect(state()).toMatchObject({ now: 5_000, assigned: null, merge: null })
})

it('reads its state when it is asked', () => {
  const merge = { state: new MergeState(['tickets-0'], 0) }
  const { state } = watchedRun(context, { assigned: ['tickets-0'], merge }, { range: { rows: 1, bytes: 1, time: 1 } })
  budget.take(300)
  expect(state()).toMatchObject({
    assigned: ['tickets-0'],
    progress: { rows: 12 },
    memory: { held: 300, limit: 1000 },
    merge: { waiting: 0, positions: { 'tickets-0': -1 } },
  })
  budget.give(300)
  expect(state().memory.held).toBe(0)
})
