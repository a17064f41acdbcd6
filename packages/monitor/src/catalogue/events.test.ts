import { TicketsError } from '@tickets/core'
import { expect, it } from 'vitest'
import { rangeOf, steps } from '../../test/runs.ts'
import { ofEnd, ofRange, ofRetry } from './events.ts'

const found = (all: ReturnType<typeof ofRange>) =>
  all.map(({ metric, labels, value }) => [metric.replace(/^tickets_/, ''), Object.values(labels), value])

it('counts what a range counts, and nothing that is 0', () => {
  const range = rangeOf({
    rows: 10,
    rejected: 2,
    late: { 'hourly/windowed': 3, 'daily/windowed': 0 },
    written: { all: { rows: 8, files: 1, bytes: 99 }, table: { rows: 8, files: 0, bytes: 0 } },
  })
  expect(found(ofRange('lake', range))).toEqual([
    ['ranges_committed_total', ['lake', 'tickets-0'], 1],
    ['rows_read_total', ['lake', 'tickets-0'], 10],
    ['rows_rejected_total', ['lake', 'tickets-0'], 2],
    ['rows_late_total', ['lake', 'hourly', 'windowed'], 3],
    ['rows_written_total', ['lake', 'all'], 8],
    ['files_written_total', ['lake', 'all'], 1],
    ['bytes_written_total', ['lake', 'all'], 99],
    ['rows_written_total', ['lake', 'table'], 8],
  ])
})

it('measures the steps and the latency in seconds', () => {
  const range = rangeOf({ steps, eventTime: 8_000, brokerTime: 10_500 })
  expect(found(ofRange('lake', range)).slice(1)).toEqual([
    ['range_step_seconds', ['lake', 'task', 'read'], 0.1],
    ['range_step_seconds', ['lake', 'task', 'stage'], 0.02],
    ['range_step_seconds', ['lake', 'task', 'record'], 0.003],
    ['range_step_seconds', ['lake', 'task', 'publish'], 0.001],
    ['end_to_end_latency_seconds', ['lake', 'event'], 2],
    ['end_to_end_latency_seconds', ['lake', 'broker'], 0],
  ])
  const { record } = steps
  expect(found(ofRange('lake', rangeOf({ task: 'merge', partition: null, steps: { record } })))).toContainEqual([
    'range_step_seconds',
    ['lake', 'merge', 'record'],
    0.003,
  ])
})

it('says of an error its code alone', () => {
  const retry = { task: 'merge', failures: 1, at: 0 }
  const secret = new TicketsError('SINK_FAILED', 'Access denied (using password: hunter2)')
  expect(found(ofRetry('lake', { ...retry, error: secret }))).toEqual([['retries_total', ['lake', 'merge', 'SINK_FAILED'], 1]])
  expect(found(ofRetry('lake', { ...retry, error: new Error('hunter2') }))).toEqual([['retries_total', ['lake', 'merge', 'OTHER'], 1]])
  expect(found(ofEnd('lake', { how: 'failed', error: secret, at: 0 }))).toEqual([['runs_failed_total', ['lake', 'SINK_FAILED'], 1]])
  expect(ofEnd('lake', { how: 'done', at: 0 })).toEqual([])
})
