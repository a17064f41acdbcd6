import { expect, it } from 'vitest'
import { rangeOf, runOf, steps } from '../../test/runs.ts'
import { metrics } from './metrics.ts'
import { prometheusText } from './prometheus-text.ts'

it('writes each metric that has a series, with its help and type', () => {
  const watched = metrics()
  watched.watch(runOf()).committed?.(rangeOf({ rows: 1000, steps: { record: steps.record } }))
  const text = prometheusText(watched)
  expect(text).toContain(
    '# HELP tickets_up 1 while the run of the pipeline lasts, 0 once it has ended\n# TYPE tickets_up gauge\ntickets_up{pipeline="lake"} 1\n',
  )
  expect(text).toContain('# TYPE tickets_rows_read_total counter\ntickets_rows_read_total{pipeline="lake",task="tickets-0"} 1000\n')
  expect(text).not.toContain('tickets_rows_late_total')
  expect(text.endsWith('\n')).toBe(true)
})

it('adds up the buckets of a histogram', () => {
  const watched = metrics()
  const run = watched.watch(runOf())
  for (let i = 0; i < 2; i++) run.committed?.(rangeOf({ steps }))
  const lines = prometheusText(watched).split('\n')
  const record = lines.filter((line) => line.includes('step="record"'))
  expect(record[0]).toBe('tickets_range_step_seconds_bucket{pipeline="lake",by="task",step="record",le="0.001"} 0')
  expect(record[1]).toMatch(/le="0.005"} 2$/)
  expect(record.slice(-3)).toEqual([
    'tickets_range_step_seconds_bucket{pipeline="lake",by="task",step="record",le="+Inf"} 2',
    'tickets_range_step_seconds_sum{pipeline="lake",by="task",step="record"} 0.006',
    'tickets_range_step_seconds_count{pipeline="lake",by="task",step="record"} 2',
  ])
})

it('escapes what a name may hold', () => {
  const watched = metrics()
  watched.watch(runOf({ pipeline: 'a"b\\c\nd' }))
  expect(prometheusText(watched)).toContain('tickets_up{pipeline="a\\"b\\\\c\\nd"} 1\n')
})

it('is empty before a pipeline starts', () => {
  expect(prometheusText(metrics())).toBe('')
})
