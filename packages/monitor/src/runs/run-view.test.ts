import { TicketsError } from '@tickets/core'
import { expect, it } from 'vitest'
import { rangeOf, runOf } from '../../test/runs.ts'
import { RunView } from './run-view.ts'

it('is named by its pipeline, and by its backfill', () => {
  expect(new RunView(runOf()).name).toBe('lake')
  expect(new RunView(runOf({ backfill: 'october' })).name).toBe('lake/october')
})

it('keeps the last range of each task, and the last ranges of all', () => {
  const view = new RunView(runOf())
  for (let n = 0; n < 30; n++) view.committed(rangeOf({ n, at: n, stateBytes: n }))
  expect([...view.tasks]).toEqual([['tickets-0', { n: 29, at: 29, stateBytes: 29 }]])
  expect(view.ranges.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, i) => i + 10))
})

it('keeps the codes of errors, without their messages', () => {
  const view = new RunView(runOf())
  const error = new TicketsError('SINK_FAILED', 'password hunter2')
  view.retried({ task: 'tickets-0', error, failures: 2, at: 5 })
  view.ended({ how: 'failed', error, at: 6 })
  expect(view.errors).toEqual([
    { at: 5, task: 'tickets-0', code: 'SINK_FAILED', failures: 2 },
    { at: 6, task: null, code: 'SINK_FAILED', failures: 1 },
  ])
})

it('has no state once it has ended', () => {
  const view = new RunView(runOf())
  expect(view.state()).not.toBeNull()
  view.ended({ how: 'done', at: 0 })
  expect(view.state()).toBeNull()
})
