import { expect, it } from 'vitest'
import { rangeOf, runOf, stateOf, steps } from '../../test/runs.ts'
import { RunView } from './run-view.ts'
import { statusOf } from './status.ts'

it('tells the graph, the progress, the last ranges and the last errors', () => {
  const state = stateOf({ 't-0': { rows: 9, watermark: 0 }, 't-1': { rows: 4 } }, { assigned: ['t-0'] })
  const view = new RunView(runOf({ state: () => state }))
  view.committed(rangeOf({ rows: 9, steps, written: { all: { rows: 9, files: 1, bytes: 80 } } }))
  view.retried({ task: 't-0', error: new Error('busy'), failures: 1, at: 5_000 })
  expect(statusOf(view)).toMatchObject({
    name: 'lake',
    logId: 'log1',
    state: 'running',
    graph: { source: 'kafka:tickets', partitions: ['tickets-0'], outputs: [{ flow: 'all', target: 'data/all', format: 'parquet', inMerge: false }] },
    progress: { heldBytes: 300, memoryBytes: 1000, assigned: ['t-0'], partitions: { 't-0': { rows: 9, watermark: '1970-01-01T00:00:00.000Z' } } },
    ranges: [{ task: 'tickets-0', n: 1, rows: 9, at: '1970-01-01T00:00:10.000Z', steps: { read: 100, stage: 20, record: 3, publish: 1 } }],
    errors: [{ task: 't-0', code: 'OTHER', failures: 1, at: '1970-01-01T00:00:05.000Z' }],
  })
  expect(Object.keys(statusOf(view).progress?.partitions ?? {})).toEqual(['t-0'])
})

it('has no progress once the run has ended, and no watermark before there is one', () => {
  const view = new RunView(runOf({ state: () => stateOf({ 't-0': {} }) }))
  expect(statusOf(view).progress?.partitions['t-0']?.watermark).toBeNull()
  view.ended({ how: 'stopped', at: 0 })
  expect(statusOf(view)).toMatchObject({ state: 'stopped', progress: null })
})

it('shows no credentials in a target that is an address', () => {
  const outputs = [{ flow: 'all', target: 'https://user:hunter2@host/lake', format: null, inMerge: false }]
  expect(statusOf(new RunView(runOf({ outputs }))).graph.outputs[0]?.target).toBe('https://host/lake')
})
