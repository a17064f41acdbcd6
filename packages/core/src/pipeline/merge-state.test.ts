import { expect, test } from 'vitest'
import { MergeState } from './merge-state.ts'
import type { Display, Partial } from './scope.ts'
import type { TaskBody } from './task-body.ts'

const body = (watermark: number, partials: readonly Partial[] = []): TaskBody => ({
  from: 0,
  to: 0,
  watermark,
  idle: false,
  ended: false,
  partials: { 'f/w': partials },
  schema: { name: 's', version: 1 },
  counts: { rows: 0, rejected: 0, written: {}, late: {} },
  state: { base: 0, cuts: {} },
})
const partial = (rows: number, due = 10): Partial => ({ key: `[0,${due}]`, due, closed: true, rows, acc: [rows] })
const shown = (state: MergeState) => [...state.show().values()].flat().map(({ accs, revision }) => [accs, revision])
const display = (shows: Display['shows']) => new Map([['f/w', { display: { shows } as Display }]])

/** Two partitions have closed a window, and it was shown. */
function closed(grows: boolean, shows: Display['shows'] = 'final') {
  const state = new MergeState(['t-0', 't-1'], 100, display(shows), grows)
  state.fold('t-0', 0, body(20, [partial(2)]))
  state.fold('t-1', 0, body(20, [partial(3)]))
  return { state, first: shown(state) }
}

test('1.2 a partition that joins adds to windows that were shown, as a revision', () => {
  const { state, first } = closed(true)
  expect(first).toEqual([[[[2], [3]], 0]])
  expect(shown(state)).toEqual([])
  state.tasks.push('t-2')
  state.fold('t-2', 0, body(20, [partial(4)]))
  expect(shown(state)).toEqual([[[[2], [3], [4]], 1]])
})

test('1.2 the same after a restart', () => {
  const { state } = closed(true)
  const again = new MergeState(['t-0', 't-1'], 100, display('final'), true)
  again.apply(state.cut(true))
  again.tasks.push('t-2')
  again.fold('t-2', 0, body(20, [partial(4)]))
  expect(shown(again)).toEqual([[[[2], [3], [4]], 1]])
})

test('4.4 what was shown is kept for keepFor, then let go; later rows are expired', () => {
  const { state } = closed(true)
  for (const task of ['t-0', 't-1']) state.fold(task, 1, body(200))
  expect(shown(state)).toEqual([])
  expect((state.cut(true) as { entries: unknown[] }).entries).toEqual([])
  state.tasks.push('t-2')
  state.fold('t-2', 0, body(20, [partial(4)]))
  expect(shown(state)).toEqual([])
  expect(state.expired).toBe(4)
})

test('a source whose partitions are fixed has its windows let go at once', () => {
  const { state } = closed(false)
  expect((state.cut(true) as { entries: unknown[] }).entries).toEqual([])
})

test('4.3 what a second window has taken is not given again: rows of a partition that joins are expired', () => {
  const { state, first } = closed(true, 'closed')
  expect(first).toHaveLength(1)
  state.tasks.push('t-2')
  state.fold('t-2', 0, body(20, [partial(4)]))
  expect(shown(state)).toEqual([])
  expect(state.expired).toBe(4)
})

test('what is kept is not looked at, nor cut, again until it changes', () => {
  const { state } = closed(true)
  state.cut(true)
  state.fold('t-0', 1, body(30))
  shown(state)
  expect((state.cut(false) as { entries: unknown[] }).entries).toEqual([])
})
