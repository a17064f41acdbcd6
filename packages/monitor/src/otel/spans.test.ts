import { TicketsError } from '@tickets/core'
import { expect, it } from 'vitest'
import { rangeOf, runOf, steps } from '../../test/runs.ts'
import { retrySpan, spanOf } from './spans.ts'

it('describes a range of messages as the semantic conventions do', () => {
  expect(spanOf(runOf(), rangeOf({ partition: 'client-tickets-3', n: 7, rows: 50, rejected: 2, steps }))).toEqual({
    name: 'process client-tickets',
    isConsumer: true,
    attributes: {
      'tickets.pipeline': 'lake',
      'tickets.task': 'tickets-0',
      'tickets.range': 7,
      'tickets.rows.rejected': 2,
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'client-tickets',
      'messaging.destination.partition.id': '3',
      'messaging.batch.message_count': 50,
    },
    start: 9_876,
    end: 10_000,
    children: [
      { name: 'read', ...steps.read },
      { name: 'stage', ...steps.stage },
      { name: 'record', ...steps.record },
      { name: 'publish', ...steps.publish },
    ],
  })
})

it('says nothing of messages where there are none', () => {
  const files = spanOf(runOf({ source: 'generator', backfill: 'october' }), rangeOf({ rows: 5, steps }))
  expect(files).toMatchObject({ isConsumer: false, attributes: { 'tickets.rows': 5, 'tickets.backfill': 'october' } })
  expect(Object.keys(files?.attributes ?? {}).filter((name) => name.startsWith('messaging'))).toEqual([])
  expect(spanOf(runOf(), rangeOf({ task: 'merge', partition: null, steps }))).toMatchObject({ name: 'merge', isConsumer: false })
})

it('has no span for a range that nobody has timed', () => {
  expect(spanOf(runOf(), rangeOf())).toBeNull()
})

it('describes a fault by its code', () => {
  const error = new TicketsError('SINK_FAILED', 'password hunter2')
  const span = retrySpan(runOf(), { task: 'tickets-0', error, failures: 2, at: 50 })
  expect(span).toMatchObject({ name: 'retry tickets-0', error: 'SINK_FAILED', start: 50, end: 50, attributes: { 'error.type': 'SINK_FAILED' } })
  expect(JSON.stringify(span)).not.toContain('hunter2')
})
