import { expect, test } from 'vitest'
import type { TaskRecord } from '../records/task-record.ts'
import type { Display } from './emission.ts'
import { MergeState } from './fold.ts'

const body = (watermark: number | null, more: Partial<TaskRecord> = {}) =>
  ({ watermark, idle: false, ended: false, to: 0, partials: {}, ...more }) as unknown as TaskRecord
const partial = (due: number, rows = 1) => ({ partials: { 'f/w': [{ key: `k${due}`, due, rows, closed: true, acc: [rows] }] } })
const displays = new Map([['f/w', { display: { shows: 'final' } as Display }]])
const shown = (state: MergeState) => [...(state.emit().get('f/w') ?? [])].map(({ key, revision }) => `${key} ${revision}`)

test('tasks of a backfill hold nothing of the others back; their own windows wait for all of them', () => {
  const state = new MergeState(['a'], 50, displays, true)
  state.fold('a', 0, body(1000, partial(1000)))
  expect(shown(state)).toEqual(['k1000 0'])
  state.join(['b1', 'b2'], true)
  expect(state.minimum()).toBe(1000)
  state.fold('b1', 0, body(200, partial(100)))
  expect(shown(state)).toEqual([])
  state.fold('a', 1, body(2000, partial(2000)))
  expect(shown(state)).toEqual(['k2000 0'])
  const copy = new MergeState(['a'], 50, displays, true)
  copy.restore(JSON.parse(JSON.stringify(state.snapshot(true))))
  for (const each of [state, copy]) {
    each.fold('b2', 0, body(150, partial(100)))
    expect(shown(each)).toEqual(['k100 0'])
    // Rows of windows that the pipeline itself had and released are expired, and counted.
    each.fold('b2', 1, body(3000, { ...partial(1000, 7), ended: true }))
    each.fold('b1', 1, body(3000, { ...partial(300), ended: true }))
    expect(shown(each)).toEqual(['k300 0'])
    expect(each.expired).toBe(7)
  }
})

test('a backfill of one task has windows of its own as well', () => {
  const state = new MergeState(['a'], 50, displays, true)
  state.fold('a', 0, body(1000, partial(1000)))
  state.join(['b'], true)
  state.fold('b', 0, body(90, partial(100)))
  expect([shown(state), state.expired]).toEqual([['k1000 0'], 0])
  state.fold('b', 1, body(150))
  expect(shown(state)).toEqual(['k100 0'])
})

test('a record from before backfills does not tell what was released, so what is old expires', () => {
  const state = new MergeState(['a'], 50, displays, true)
  state.fold('a', 0, body(1000, partial(1000)))
  const { zone: _, ...old } = JSON.parse(JSON.stringify(state.snapshot(true)))
  const next = new MergeState(['a'], 50, displays, true)
  next.restore(old)
  const third = new MergeState(['a'], 50, displays, true)
  third.restore(JSON.parse(JSON.stringify(next.snapshot(true))))
  third.join(['b'], true)
  third.fold('b', 0, body(200, partial(100)))
  expect(third.expired).toBe(1)
})
