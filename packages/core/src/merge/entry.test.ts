import { expect, test } from 'vitest'
import { AccWriter, accReader } from '../aggregate/sets/acc-json.ts'
import { readDictionary } from '../aggregate/sets/text-dictionary.ts'
import { TextSet } from '../aggregate/sets/text-set.ts'
import { accsOf, type Entry, freeze, partOf, restoredParts, rowsOf, snapshotOf } from './entry.ts'

const entry = (): Entry => ({ key: 'k', parts: [], revision: -1, dirty: false, touched: false })
const put = (of: Entry, task: string, rows: number, touched = false) => Object.assign(partOf(of, task), { rows, acc: [rows], closed: true, touched })
const ranks = (...tasks: string[]) => new Map(tasks.map((task, rank) => [task, rank]))

test('has one part for each task, found again by its name', () => {
  const window = entry()
  put(window, 't-0', 2)
  put(window, 't-1', 3)
  expect(partOf(window, 't-0').rows).toBe(2)
  expect(window.parts.map(({ task }) => task)).toEqual(['t-0', 't-1'])
  expect(rowsOf(window)).toBe(5)
})

test('a list of parts that was handed out does not change when a task joins', () => {
  const window = entry()
  put(window, 't-0', 2)
  const { parts } = window
  put(window, 't-1', 3)
  expect(parts).toHaveLength(1)
})

test('gives accumulators in the order of the tasks, whatever order they came in; unknown tasks last, by name', () => {
  const window = entry()
  for (const [task, rows] of [
    ['gone-b', 5],
    ['t-1', 2],
    ['gone-a', 4],
    ['t-0', 1],
  ] as const)
    put(window, task, rows)
  expect(accsOf(window, ranks('t-0', 't-1'))).toEqual([[1], [2], [4], [5]])
  expect(accsOf(window, ranks('t-1', 't-0'))).toEqual([[2], [1], [4], [5]])
})

test('frozen, it gives the same accumulators, takes new ones, and is frozen again without loss', () => {
  const window = entry()
  put(window, 't-0', 1)
  put(window, 't-1', 2)
  freeze(window)
  expect(window.parts.map(({ acc, text }) => [acc, text])).toEqual([
    [null, '[1]'],
    [null, '[2]'],
  ])
  expect(accsOf(window, ranks('t-0', 't-1'))).toEqual([[1], [2]])
  Object.assign(partOf(window, 't-1'), { rows: 7, acc: [7], text: undefined })
  expect(accsOf(window, ranks('t-0', 't-1'))).toEqual([[1], [7]])
  freeze(window)
  expect(accsOf(window, ranks('t-0', 't-1'))).toEqual([[1], [7]])
})

test('a set in compact form is not frozen, and its dictionary stands beside the cut', () => {
  const window = entry()
  const set = new TextSet(readDictionary(['AA', 'AJIB', 'CLIENT_102']), 2, 'AA')
  Object.assign(put(window, 't-0', 5), { acc: [5, set] })
  freeze(window)
  expect(accsOf(window, ranks('t-0'))).toEqual([[5, set]])
  const writer = new AccWriter()
  const cut = snapshotOf('f/w', 10, window, true, writer)
  expect(cut[5]).toEqual([['t-0', { rows: 5, closed: true, acc: [5, { of: 0, size: 2, gaps: 'AA' }] }]])
  expect(writer.noted()).toEqual({ texts: [['AA', 'AJIB', 'CLIENT_102']] })
  const [[, part] = []] = restoredParts(cut[5] ?? [], accReader(writer.noted().texts))
  expect(part?.acc?.[1]).toMatchObject({ size: 2, gaps: 'AA' })
})

test('a cut holds the parts that changed, or all of them, and does not change with the entry', () => {
  const window = { ...entry(), revision: 3, dirty: true }
  put(window, 't-0', 1)
  const changed = put(window, 't-1', 2, true)
  const part = (rows: number) => ({ rows, closed: true, acc: [rows] })
  const cut = snapshotOf('f/w', 10, window, false, new AccWriter())
  expect(cut).toEqual(['f/w', 'k', 10, 3, true, [['t-1', part(2)]]])
  expect(snapshotOf('f/w', 10, window, true, new AccWriter())[5]).toEqual([
    ['t-0', part(1)],
    ['t-1', part(2)],
  ])
  Object.assign(changed, { rows: 9, acc: [9], closed: false })
  expect(cut[5]).toEqual([['t-1', part(2)]])
})

test('a cut of a frozen part holds its text, and a window that never closes by time has no close time', () => {
  const window = entry()
  put(window, 't-0', 1)
  freeze(window)
  expect(snapshotOf('f/w', Number.POSITIVE_INFINITY, window, true, new AccWriter())).toEqual([
    'f/w',
    'k',
    null,
    -1,
    false,
    [['t-0', { rows: 1, closed: true, acc: null, text: '[1]' }]],
  ])
})
