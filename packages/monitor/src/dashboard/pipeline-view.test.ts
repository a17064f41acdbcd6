import { expect, it } from 'vitest'
import { rangeOf, runOf, stateOf, steps } from '../../test/runs.ts'
import { RunView } from '../runs/run-view.ts'
import { pipelineView } from './pipeline-view.ts'
import { Totals } from './totals.ts'

const merged = { flow: 'hourly', target: 'data/hourly', format: 'parquet', inMerge: true }
const known = { totals: new Totals(), since: 0, reasons: new Map<string, number>() }

/** The view of a run with this state. */
const viewOf = (state: ReturnType<typeof stateOf>, more: Parameters<typeof runOf>[0] = {}) =>
  pipelineView(new RunView(runOf({ state: () => state, ...more })), known, 0)

it('has the partitions of this process, and no infinite number', () => {
  const state = stateOf({ 't-0': { rows: 9, lag: 4, lastRow: 99_000, watermark: 50, uncommitted: 2 }, 't-1': { idle: true }, 't-2': {} })
  const { progress } = viewOf({ ...state, assigned: ['t-0', 't-1'] })
  expect(progress?.partitions).toEqual([
    { task: 't-0', state: 'running', read: 9, uncommitted: 2, lag: 4, watermark: 50, lastRow: 99_000 },
    { task: 't-1', state: 'idle', read: 0, uncommitted: 0, lag: null, watermark: null, lastRow: null },
  ])
  expect(progress).toMatchObject({ uncommitted: 2, held: 300, memory: 1000, morePartitions: 0, isAssigned: true })
})

it('has 64 partitions at the most: those with the lowest watermarks', () => {
  const partitions = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`t-${i}`, { watermark: 1000 - i, uncommitted: 1 }]))
  const { progress } = viewOf(stateOf(partitions))
  expect([progress?.partitions.length, progress?.morePartitions, progress?.partitions[0]?.task, progress?.uncommitted]).toEqual([64, 6, 't-69', 70])
})

it.each([
  ['a pipeline without windows', {}, [], { state: 'no windows' }],
  ['a merge in another process', {}, [merged], { state: 'elsewhere', partition: null }],
  ['no result', { merge: { waiting: 0, positions: {} } }, [merged], { state: 'none', partition: 't-1', quiet: null }],
  ['results', { merge: { waiting: 3, positions: {} } }, [merged], { state: 'waiting', results: 3, partition: 't-1', quiet: null }],
] as const)('says what windows wait for: %s', (_, more, outputs, expected) => {
  const partitions = { 't-0': { watermark: 9, lastRow: 99_000 }, 't-1': { watermark: 5, lastRow: 97_000 }, 't-2': { watermark: 1, idle: true } }
  expect(viewOf(stateOf(partitions, more), { outputs }).progress?.windows).toMatchObject(expected)
})

it('says for how long the slowest partition has had no rows', () => {
  const state = stateOf({ 't-0': { watermark: 9, lastRow: 60_000 } }, { merge: { waiting: 1, positions: {} } })
  expect(viewOf(state, { outputs: [merged] }).progress?.windows).toMatchObject({ partition: 't-0', quiet: 40_000 })
})

it('has what outputs got, those of the user first, without credentials', () => {
  const totals = new Totals()
  totals.add(
    rangeOf({ rows: 100, at: 100_000, steps: { read: { start: 90_000, end: 99_000 } }, written: { all: { rows: 100, files: 2, bytes: 80 } } }),
  )
  const outputs = [
    { flow: '@dead_letters', target: null, format: null, inMerge: false },
    { flow: 'all', target: 'https://user:hunter2@host/lake', format: 'parquet', inMerge: false },
  ]
  expect(pipelineView(new RunView(runOf({ outputs })), { ...known, totals }, 0).outputs).toEqual([
    { flow: 'all', target: 'https://host/lake', format: 'parquet', inMerge: false, rows: 100, files: 2, bytes: 80, rate: 10, lastCommit: 100_000 },
    { flow: '@dead_letters', target: null, format: null, inMerge: false, rows: 0, files: 0, bytes: 0, rate: 0, lastCommit: null },
  ])
})

it('says why rows are in no flow, and counts rejected ones whose reason it does not know', () => {
  const totals = new Totals()
  totals.add(rangeOf({ rows: 100, rejected: 7, unmapped: 2, late: { 'hourly/windowed': 9 } }))
  const reasons = new Map([['not JSON', 4]])
  expect(pipelineView(new RunView(runOf()), { ...known, totals, reasons }, 0).losses).toEqual([
    { kind: 'late', where: 'hourly/windowed', rows: 9 },
    { kind: 'rejected', where: 'not JSON', rows: 4 },
    { kind: 'rejected', where: null, rows: 3 },
    { kind: 'unmapped', where: null, rows: 2 },
  ])
})

it('counts rows that are not committed yet among the rates', () => {
  const totals = new Totals()
  totals.add(rangeOf({ rows: 100, steps: { read: { start: 80_000, end: 90_000 } } }))
  const view = new RunView(runOf({ state: () => stateOf({ 'tickets-0': { uncommitted: 50 } }) }))
  expect(pipelineView(view, { ...known, totals }, 0).history.rates.slice(-4)).toEqual([10, 10, 5, 5])
})

it('has the last commits and faults, the newest first, by their codes', () => {
  const view = new RunView(runOf())
  view.committed(rangeOf({ n: 1, rows: 5 }))
  view.committed(rangeOf({ n: 2, rows: 9, rejected: 1, late: { 'a/b': 2 }, steps, written: { all: { rows: 8, files: 1, bytes: 80 } } }))
  view.retried({ task: 'tickets-0', error: new Error('secret'), failures: 1, at: 5 })
  view.ended({ how: 'failed', error: new Error('secret'), at: 11_000 })
  const made = pipelineView(view, known, 0)
  expect(made).toMatchObject({ name: 'lake', state: 'failed', source: 'kafka:tickets', progress: null })
  expect(made.commits).toEqual([
    { task: 'tickets-0', n: 2, at: 10_000, rows: 9, late: 2, rejected: 1, written: 8, files: 1, bytes: 80, took: 124, writing: 24 },
    { task: 'tickets-0', n: 1, at: 10_000, rows: 5, late: 0, rejected: 0, written: 0, files: 0, bytes: 0, took: null, writing: null },
  ])
  expect(made.faults.map(({ task, code }) => [task, code])).toEqual([
    [null, 'OTHER'],
    ['tickets-0', 'OTHER'],
  ])
  expect(JSON.stringify(made)).not.toContain('secret')
})
