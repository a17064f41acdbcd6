import { expect, it } from 'vitest'
import { stateOf } from '../../test/runs.ts'
import { type LastRanges, ofState } from './gauges.ts'

/** Metric and task → value. */
const gauges = (state: ReturnType<typeof stateOf>, tasks: LastRanges = new Map()) =>
  Object.fromEntries(
    ofState('lake', state, tasks).map(({ metric, labels, value }) => [`${metric.replace(/^tickets_/, '')} ${labels.task ?? ''}`.trim(), value]),
  )

it('reads the partitions of this process', () => {
  const partitions = { 't-0': { watermark: 90_000, lag: 5, uncommitted: 7 }, 't-1': { watermark: 50_000, lag: 0, idle: true } }
  expect(gauges(stateOf(partitions))).toEqual({
    up: 1,
    partitions_assigned: 2,
    held_bytes: 300,
    memory_limit_bytes: 1000,
    'watermark_seconds t-0': 90,
    'watermark_lag_seconds t-0': 10,
    'consumer_lag t-0': 5,
    'partition_idle t-0': 0,
    'rows_uncommitted t-0': 7,
    'watermark_seconds t-1': 50,
    'consumer_lag t-1': 0,
    'partition_idle t-1': 1,
    'rows_uncommitted t-1': 0,
  })
})

it('has no value where there is none yet', () => {
  expect(gauges(stateOf({ 't-0': {} }))).not.toHaveProperty(['watermark_seconds t-0'])
  expect(gauges(stateOf({ 't-0': {} }))).not.toHaveProperty(['consumer_lag t-0'])
  expect(gauges(stateOf({}, { assigned: null }))).toMatchObject({ up: 1, partitions_assigned: 0 })
})

it('leaves out a partition that another process has now', () => {
  const tasks = new Map([['t-0', { n: 3, at: 60_000, stateBytes: 9 }]])
  const moved = stateOf({ 't-0': { watermark: 90_000 } }, { assigned: [] })
  expect(Object.keys(gauges(moved, tasks)).filter((name) => name.includes('t-0'))).toEqual([])
  expect(gauges(stateOf({ 't-0': {} }), tasks)).toMatchObject({ 'last_commit_timestamp_seconds t-0': 60, 'state_bytes t-0': 9 })
})

it('tells how far the merge is behind the tasks, where it runs', () => {
  const tasks = new Map([
    ['t-0', { n: 9, at: 0, stateBytes: 0 }],
    ['merge', { n: 2, at: 0, stateBytes: 70 }],
  ])
  const merge = { waiting: 4, positions: { 't-0': 6 } }
  expect(gauges(stateOf({ 't-0': {} }, { merge }), tasks)).toMatchObject({ merge_waiting: 4, 'merge_lag_ranges t-0': 3, 'state_bytes merge': 70 })
  const elsewhere = gauges(stateOf({ 't-0': {} }), tasks)
  expect(Object.keys(elsewhere).filter((name) => name.includes('merge'))).toEqual([])
})
