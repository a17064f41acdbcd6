import { expect, test } from 'vitest'
import type { PartialAggregate } from '../aggregate/partial-aggregate.ts'
import { readDictionary } from '../aggregate/sets/text-dictionary.ts'
import { TextSet } from '../aggregate/sets/text-set.ts'
import type { Json } from '../base/json.ts'
import type { TaskProgress } from '../records/task-record.ts'
import type { Display } from './emission.ts'
import { MergeState } from './fold.ts'

const body = (watermark: number, partials: readonly PartialAggregate[] = []): TaskProgress => ({
  to: 0,
  watermark,
  idle: false,
  ended: false,
  partials: { 'f/w': partials },
})
const partial = (rows: number, due = 10): PartialAggregate => ({ key: `[0,${due}]`, due, closed: true, rows, acc: [rows] })
const shown = (state: MergeState) => [...state.emit().values()].flat().map(({ accs, revision }) => [accs, revision])
const display = (shows: Display['shows']) => new Map([['f/w', { display: { shows } as Display }]])

test('sets in compact form come back from a snapshot with their texts, those of a released window as well', () => {
  const set = new TextSet(readDictionary(['AA', 'AJIB', 'CLIENT_102']), 2, 'AA')
  const state = new MergeState(['t-0'], 1000, display('final'), true)
  state.fold(
    't-0',
    0,
    body(
      15,
      [10, 30].map((due) => ({ ...partial(2, due), acc: [2, set] })),
    ),
  )
  expect(shown(state)).toEqual([[[[2, set]], 0]])
  const json = JSON.parse(JSON.stringify(state.snapshot(true))) as Json
  expect(json).toMatchObject({ texts: [['AA', 'AJIB', 'CLIENT_102']] })
  const back = new MergeState(['t-0'], 1000, display('final'), true)
  back.restore(json)
  back.fold('t-0', 1, body(40))
  const texts: string[] = []
  const [[[[rows, found] = []]] = [[]]] = shown(back) as [[[[number, TextSet]], number]]
  found?.each((text) => texts.push(text))
  expect([rows, texts]).toEqual([2, ['CLIENT_10', 'CLIENT_12']])
  expect(JSON.stringify(back.snapshot(true))).toContain('CLIENT_102')
})

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

test('results that wait for a partition are counted until they are shown', () => {
  const state = new MergeState(['t-0', 't-1'], 100, display('final'), true)
  state.fold('t-0', 0, body(20, [partial(2), partial(1, 12)]))
  expect(state.waiting).toBe(2)
  state.fold('t-1', 0, body(11))
  expect(shown(state)).toHaveLength(1)
  expect(state.waiting).toBe(1)
})

test('1.2 the same after a restart', () => {
  const { state } = closed(true)
  const again = new MergeState(['t-0', 't-1'], 100, display('final'), true)
  again.restore(state.snapshot(true))
  again.tasks.push('t-2')
  again.fold('t-2', 0, body(20, [partial(4)]))
  expect(shown(again)).toEqual([[[[2], [3], [4]], 1]])
})

test('4.4 what was shown is kept for keepFor, then released; later rows are expired', () => {
  const { state } = closed(true)
  for (const task of ['t-0', 't-1']) state.fold(task, 1, body(200))
  expect(shown(state)).toEqual([])
  expect((state.snapshot(true) as { entries: unknown[] }).entries).toEqual([])
  state.tasks.push('t-2')
  state.fold('t-2', 0, body(20, [partial(4)]))
  expect(shown(state)).toEqual([])
  expect(state.expired).toBe(4)
})

test('a source whose partitions are fixed has its windows released at once', () => {
  const { state } = closed(false)
  expect((state.snapshot(true) as { entries: unknown[] }).entries).toEqual([])
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
  state.snapshot(true)
  state.fold('t-0', 1, body(30))
  shown(state)
  expect((state.snapshot(false) as { entries: unknown[] }).entries).toEqual([])
})

interface Cut {
  readonly entries: readonly (readonly unknown[])[]
  readonly gone: readonly unknown[]
}
const cutOf = (state: MergeState, whole = false) => JSON.parse(JSON.stringify(state.snapshot(whole))) as Cut
/** What would be restored from these cuts, as the whole of it is cut again. */
const restored = (cuts: readonly unknown[], grows = false) => {
  const again = new MergeState(['t-0', 't-1'], 100, display('final'), grows)
  for (const cut of cuts) again.restore(cut as Json)
  return again
}

test('3.10 a cut holds the parts that changed since the last one, and no others', () => {
  const state = new MergeState(['t-0', 't-1'], 100, display('final'))
  state.fold('t-0', 0, body(0, [{ ...partial(2), closed: false }]))
  state.fold('t-1', 0, body(0, [{ ...partial(1), closed: false }, partial(1, 30)]))
  const cuts: Cut[] = [cutOf(state)]
  expect(cuts[0]?.entries).toHaveLength(2)
  state.fold('t-1', 1, body(5, [{ ...partial(3), closed: false }]))
  cuts.push(cutOf(state))
  expect(cuts[1]?.entries).toEqual([['f/w', '[0,10]', 10, -1, true, [['t-1', { rows: 3, closed: false, acc: [3] }]]]])
  cuts.push(cutOf(state))
  expect(cuts[2]?.entries).toEqual([])
  expect(cutOf(restored(cuts), true)).toEqual(cutOf(state, true))
})

test('3.10 a cut does not show what comes after it', () => {
  const state = new MergeState(['t-0'], 100, display('final'))
  state.fold('t-0', 0, body(0, [{ ...partial(2), closed: false }]))
  const cut = state.snapshot(true)
  const before = JSON.stringify(cut)
  state.fold('t-0', 1, body(5, [{ ...partial(3), closed: false }]))
  expect(JSON.stringify(cut)).toBe(before)
})

test('3.10 of a window released before it was ever cut a cut says nothing; one that stands in a cut is taken back', () => {
  const state = new MergeState(['t-0', 't-1'], 100, display('final'))
  state.fold('t-0', 0, body(20, [partial(2), partial(5, 40)]))
  const cuts = [cutOf(state)]
  state.fold('t-1', 0, body(30, [partial(3), partial(1, 25)]))
  state.fold('t-0', 1, body(30))
  expect(shown(state)).toEqual([
    [[[2], [3]], 0],
    [[[1]], 0],
  ])
  cuts.push(cutOf(state))
  expect(cuts[1]).toMatchObject({ entries: [], gone: [['f/w', 10]] })
  const again = restored(cuts)
  expect(cutOf(again, true).entries).toEqual([['f/w', '[0,40]', 40, -1, true, [['t-0', { rows: 5, closed: true, acc: [5] }]]]])
  expect(shown(again)).toEqual([])
  expect(again.expired).toBe(0)
})

test('law 6: state that the release before wrote, which names each key released, continues', () => {
  const old = (entries: unknown[], n: number, watermark: number) => ({
    entries,
    tasks: Object.fromEntries(['t-0', 't-1'].map((task) => [task, { n, watermark, idle: false, ended: false, to: 0 }])),
    order: ['t-0', 't-1'],
    clock: watermark,
    frontier: watermark,
    expired: 0,
    counted: [],
    fills: {},
    zone: { aside: [], oldest: { 'f/w': 10 }, floors: {}, unknown: false },
  })
  const two = (key: string, due: number) => ['f/w', key, due, -1, true, ['t-0', 't-1'].map((task) => [task, { rows: 1, closed: false, acc: [1] }])]
  const frozen = ['f/w', '[0,10]', 10, 0, false, [['t-0', { rows: 2, closed: true, acc: null, text: '[2]' }]]]
  const again = restored([old([two('[0,5]', 5), frozen, two('[0,40]', 40)], 0, 0), old([['f/w', '[0,5]']], 1, 20)], true)
  again.tasks.push('t-2')
  again.fold('t-2', 0, body(20, [partial(4)]))
  expect(shown(again)).toEqual([[[[2], [4]], 1]])
  for (const task of again.tasks) again.fold(task, 2, body(50))
  expect(shown(again)).toEqual([[[[1], [1]], 0]])
})

test('results come in slices, all of them once, in order of (close time, key)', () => {
  const all = Array.from({ length: 7 }, (_, i) => ({ ...partial(1, 10 + (i % 2)), key: `k${(i * 3) % 7}` }))
  const [whole, sliced] = [1, 2].map(() => {
    const state = new MergeState(['t-0'], 100, display('final'))
    state.fold('t-0', 0, body(20, all))
    return state
  }) as [MergeState, MergeState]
  const slices = [...sliced.emissions(3)].map(([, results]) => results)
  expect(slices.map(({ length }) => length)).toEqual([3, 3, 1])
  expect(slices.flat()).toEqual(whole.emit().get('f/w'))
  expect(slices.flat().map(({ key }) => key)).toEqual(['k0', 'k4', 'k5', 'k6', 'k1', 'k2', 'k3'])
  expect(cutOf(sliced, true)).toEqual(cutOf(whole, true))
})
