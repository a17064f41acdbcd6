import { expect, test } from 'vitest'
import type { PartialAggregate } from '../aggregate/partial-aggregate.ts'
import type { TaskView } from './entry.ts'
import { FlowFills } from './flow-fills.ts'
import { MergeState } from './fold.ts'

const body = (watermark: number, partials: Record<string, PartialAggregate[]> = {}, more: { ended?: boolean; idle?: boolean } = {}) => ({
  partials,
  watermark,
  idle: false,
  ended: false,
  to: 0,
  ...more,
})
const partial = (due: number, rows: number): PartialAggregate => ({ key: `[0,${due}]`, due, rows, closed: true, acc: [rows] })
const displays = new Map(['new/w', 'old/w'].map((name) => [name, { display: { shows: 'final' as const } }]))
const fills = new Map([['f-0', ['new']]])
const make = () => new MergeState(['t-0'], 50, displays as never, true, fills)
const shown = (state: MergeState) =>
  Object.fromEntries([...state.emit()].map(([name, all]) => [name, all.map(({ accs, revision, final: isFinal }) => [accs, revision, isFinal])]))

test('the watermark of a flow is that of the tasks that fill it, until they have ended; others have none', () => {
  const views = new Map<string, TaskView>()
  const of = new FlowFills(
    new Map([
      ['f-0', ['new']],
      ['f-1', ['new', 'more']],
    ]),
    views,
  )
  const view = (watermark: number | null, ended = false): TaskView => ({ n: 0, watermark, idle: false, ended, to: 0 })
  expect([of.has('f-0'), of.has('t-0'), of.fills('new/w'), of.fills('old/w')]).toEqual([true, false, true, false])
  expect(['new/w', 'old/w'].map((name) => of.watermark(name))).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
  views.set('f-0', view(30))
  views.set('f-1', view(20))
  expect(['new/w', 'more/w'].map((name) => of.watermark(name))).toEqual([20, 20])
  views.set('f-1', view(20, true))
  expect(['new/w', 'more/w'].map((name) => of.watermark(name))).toEqual([30, Number.POSITIVE_INFINITY])
})

test('windows of a flow that is being filled wait, are whole, and are shown once; those of the others do not wait', () => {
  const state = make()
  expect(state.isBackfill('f-0')).toBe(true)
  state.fold('t-0', 0, body(40, { 'new/w': [partial(20, 1)], 'old/w': [partial(20, 1)] }))
  expect(shown(state)).toEqual({ 'old/w': [[[[1]], 0, true]] })
  state.fold('f-0', 0, body(15, { 'new/w': [partial(10, 5)] }))
  expect(shown(state)).toEqual({ 'new/w': [[[[5]], 0, true]] })
  state.fold('f-0', 1, body(18, { 'new/w': [partial(20, 2)] }, { ended: true }))
  expect(shown(state)).toEqual({ 'new/w': [[[[1], [2]], 0, true]] })
})

test('nothing of a fill expires, however far the others are, and a merge that opens again knows', () => {
  let state = make()
  state.fold('t-0', 0, body(500, { 'old/w': [partial(20, 1)] }))
  shown(state)
  const cut = JSON.parse(JSON.stringify(state.snapshot(true)))
  state = make()
  state.restore(cut)
  state.fold('f-0', 0, body(15, { 'new/w': [partial(10, 5)] }))
  expect(shown(state)).toEqual({ 'new/w': [[[[5]], 0, true]] })
  state.fold('f-0', 1, body(15, { 'new/w': [partial(20, 2)] }, { ended: true }))
  expect(shown(state)).toEqual({ 'new/w': [[[[2]], 0, true]] })
  expect(state.expired).toBe(0)
  // Once it is filled, the flow is like any other.
  state.fold('t-0', 1, body(600, { 'new/w': [partial(30, 1)] }))
  expect([shown(state), state.expired]).toEqual([{}, 1])
})

test('a change of a window is final only when those that fill its flow have passed it', () => {
  const updates = new Map([['new/w', { display: { shows: 'updates' as const } }]])
  const state = new MergeState(['t-0'], 50, updates as never, false, fills)
  state.fold('t-0', 0, body(40, { 'new/w': [partial(20, 1)] }))
  expect(shown(state)).toEqual({ 'new/w': [[[[1]], 0, false]] })
  state.fold('f-0', 0, body(15, { 'new/w': [partial(20, 2)] }))
  expect(shown(state)).toEqual({ 'new/w': [[[[1], [2]], 1, false]] })
  state.fold('f-0', 1, body(15, {}, { ended: true }))
  expect(shown(state)).toEqual({ 'new/w': [[[[1], [2]], 2, true]] })
})
