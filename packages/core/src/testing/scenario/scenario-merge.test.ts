import { expect, test } from 'vitest'
import { Event } from '../../../test/lake.ts'
import { count } from '../../aggregate/count.ts'
import type { Flows } from '../../dataflow/graph.ts'
import { into } from '../../operators/into.ts'
import { windowed } from '../../operators/windowed.ts'
import { tumbling } from '../../window/tumbling.ts'
import { type MergeInput, ScenarioMerge } from './scenario-merge.ts'
import { ScenarioTask } from './scenario-task.ts'

interface Shown {
  n: number
  revision: number
}

const sink = { target: null, open: () => Promise.reject(new Error('no sink is opened here')) }
const flows: Flows<Event> = (rows) => ({ f: rows.pipe(windowed(tumbling({ size: '10s' }), { aggregate: { n: count() } }), into(sink as never)) })
const row = (second: number): Event => ({ at: new Date(second * 1000), kind: 'a', who: 1 })

/** Two tasks and the merge of their records. */
function world({ keepFor = 86_400_000, grows = false } = {}) {
  const tasks = ['p0', 'p1'].map((name) => new ScenarioTask<Event, Event>(name, Event, flows, 0))
  const merge = new ScenarioMerge<Event, Shown>(Event, flows, ['p0', 'p1'], keepFor, grows)
  /** The record of a task that reads these rows. */
  const record = (p: number, seconds: readonly number[], kind: 'range' | 'idle' | 'end' = 'range'): MergeInput => {
    const task = tasks[p] as ScenarioTask<Event, Event>
    if (seconds.length > 0) task.push(seconds.map(row), 0)
    return { task: task.name, ...task.commit(kind) }
  }
  const fold = (...records: MergeInput[]) => merge.fold(records).rows.map(({ n, revision }) => [n, revision])
  return { merge, record, fold }
}

test('shows a window once all tasks have passed it, with the rows of all of them', () => {
  const { merge, record, fold } = world()
  expect(fold(record(0, [1, 2, 12]))).toEqual([])
  expect(merge.watermark).toBe(Number.NEGATIVE_INFINITY)
  expect(fold(record(1, [3, 11]))).toEqual([[3, 0]])
  expect(merge.watermark).toBe(11_000)
  expect(fold(record(0, [], 'end'), record(1, [], 'end'))).toEqual([[2, 0]])
  merge.check()
})

test('takes the records of each task in their order, however they are mixed', () => {
  const { record, fold } = world()
  const [a, b, c] = [record(0, [1]), record(1, [2, 11]), record(0, [12])]
  expect(fold(b, a, c)).toEqual([[2, 0]])
})

test('does not wait for an idle task, and revises what it brings later', () => {
  const { record, fold } = world({ grows: true })
  expect(fold(record(0, [1, 12]), record(1, [2], 'idle'))).toEqual([[2, 0]])
  expect(fold(record(1, [3, 13]))).toEqual([[3, 1]])
})

test('comes back after a crash with what it had shown, and shows nothing twice', () => {
  const { merge, record, fold } = world()
  expect(fold(record(0, [1, 12]), record(1, [2, 12]))).toEqual([[2, 0]])
  merge.restart()
  merge.restart()
  expect(fold()).toEqual([])
  expect(merge.watermark).toBe(12_000)
  expect(fold(record(0, [], 'end'), record(1, [], 'end'))).toEqual([[2, 0]])
  merge.check()
})

test('waits for a task that joined, before a crash or after', () => {
  const { merge, record, fold } = world({ grows: true })
  merge.join('p2')
  merge.restart()
  expect(fold(record(0, [1, 12]), record(1, [2, 12]))).toEqual([])
  expect(merge.watermark).toBe(Number.NEGATIVE_INFINITY)
})

test('counts rows that come after `keepFor` as expired, so that the account is even', () => {
  const { merge, record, fold } = world({ keepFor: 5_000, grows: true })
  expect(fold(record(0, [1, 40]), record(1, [2], 'idle'))).toEqual([[2, 0]])
  expect(fold(record(1, [3, 41]))).toEqual([])
  expect(merge.expired).toBe(1)
  fold(record(0, [], 'end'), record(1, [], 'end'))
  merge.check()
})

test('says so where rows of closed partials were neither shown nor expired', () => {
  const { merge, record } = world()
  // The other task never comes to its end.
  merge.fold([record(0, [1, 2, 12], 'end')])
  expect(() => merge.check()).toThrow('rows are unaccounted for: 3 were counted, 0 shown and 0 expired')
})
