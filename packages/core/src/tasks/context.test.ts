import { expect, test } from 'vitest'
import { freshStatus, knownTasks } from './context.ts'

test('a task that has read nothing has no watermark and no lag, and is quiet since it began', () => {
  expect(freshStatus(5)).toEqual({
    rows: 0,
    rejected: 0,
    unmapped: 0,
    late: 0,
    uncommitted: 0,
    ranges: 0,
    watermark: Number.NEGATIVE_INFINITY,
    lag: null,
    idle: false,
    ended: false,
    heldBack: false,
    lastRow: 5,
  })
  // Each task has figures of its own.
  expect(freshStatus(5)).not.toBe(freshStatus(5))
})

test('knows the tasks that the pipeline began with, then those that were assigned since, each once', () => {
  const statuses = new Map(['t-2', 't-0', 't-3'].map((task) => [task, freshStatus(0)]))
  expect(knownTasks({ partitions: ['t-0', 't-1'], statuses })).toEqual(['t-0', 't-1', 't-2', 't-3'])
  expect(knownTasks({ partitions: [], statuses: new Map() })).toEqual([])
})
