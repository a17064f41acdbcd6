import { describe, expect, test } from 'vitest'
import type { TaskStatus } from '../connectors/progress.ts'
import { MergeState } from '../merge/fold.ts'
import type { TaskProgress } from '../records/task-record.ts'
import { freshStatus } from '../tasks/context.ts'
import { ProgressReader, progressOf } from './progress.ts'

const NOW = 100_000

const context = (statuses: Readonly<Record<string, Partial<TaskStatus>>>) => ({
  clock: { now: () => NOW, sleep: async () => {} },
  statuses: new Map(Object.entries(statuses).map(([name, status]) => [name, { ...freshStatus(NOW), ...status }])),
})

const progress = (statuses: Parameters<typeof context>[0], merge: MergeState | null = null) => progressOf(context(statuses), merge, 5)

test('adds up the tasks of this process', () => {
  expect(
    progress({
      'a-0': { rows: 10, rejected: 1, unmapped: 7, late: 2, ranges: 3, lag: 4, watermark: 9_000 },
      'a-1': { rows: 20, rejected: 0, unmapped: 1, late: 5, ranges: 1, lag: 6, watermark: 7_000 },
    }),
  ).toMatchObject({ rows: 30, rejected: 1, unmapped: 8, late: 7, ranges: 4, lag: 10, rate: 5, watermark: new Date(7_000) })
})

test('tells nothing before there is anything', () => {
  expect(progress({})).toEqual({
    rows: 0,
    rejected: 0,
    unmapped: 0,
    late: 0,
    rate: 5,
    watermark: null,
    lag: 0,
    ranges: 0,
    waiting: null,
    partitions: {},
  })
})

test('knows no lag where one partition knows none', () => {
  expect(progress({ 'a-0': { lag: 3 }, 'a-1': { lag: null } }).lag).toBeNull()
  expect(progress({ 'a-0': { lag: 3 }, 'a-1': { lag: 0 } }).lag).toBe(3)
})

test('takes the watermark of the partitions that are neither idle nor at their end', () => {
  const running = { watermark: 9_000 }
  expect(progress({ 'a-0': running, 'a-1': { watermark: 1_000, idle: true }, 'a-2': { watermark: 1_000, ended: true } }).watermark).toEqual(
    new Date(9_000),
  )
  // One has no row yet.
  expect(progress({ 'a-0': running, 'a-1': {} }).watermark).toBeNull()
  expect(progress({ 'a-0': { ...running, idle: true } }).watermark).toBeNull()
})

describe('waiting', () => {
  const body = (watermark: number | null, more: Partial<TaskProgress> = {}): TaskProgress => ({
    partials: watermark === null ? {} : { 'w/windowed': [{ key: `[0,10000,"k"]`, acc: 1, rows: 1, closed: true } as never] },
    watermark,
    idle: false,
    ended: false,
    to: 0,
    ...more,
  })

  /** A merge with a window that one task has closed and the other one not. */
  function merge(second: TaskProgress = body(null)): MergeState {
    const state = new MergeState(['a-0', 'a-1'], 0, new Map([['w/windowed', { display: { shows: 'closed', fill: undefined } }]]))
    state.fold('a-0', 0, body(20_000))
    state.fold('a-1', 0, second)
    return state
  }

  test('names the slowest partition, and how long it has been quiet', () => {
    expect(merge().waiting).toBeGreaterThan(0)
    expect(progress({ 'a-0': {}, 'a-1': { lastRow: NOW - 40_000 } }, merge()).waiting).toBe('windows wait for a-1 (no rows for 40 s)')
  })

  test('says nothing of a partition that has just had rows', () => {
    expect(progress({ 'a-0': {}, 'a-1': { lastRow: NOW - 4_999 } }, merge()).waiting).toBeNull()
    expect(progress({ 'a-0': {}, 'a-1': { lastRow: NOW - 5_000 } }, merge()).waiting).not.toBeNull()
  })

  test('says where a partition runs that is not read here', () => {
    expect(progress({ 'a-0': {} }, merge()).waiting).toBe('windows wait for a-1 (it runs in another process)')
  })

  test('does not wait for what is idle, or has ended', () => {
    for (const more of [{ idle: true }, { ended: true }]) {
      const { waiting } = progress({ 'a-0': { lastRow: NOW - 9_000 } }, merge(body(null, more)))
      expect(waiting).toBe('windows wait for a-0 (no rows for 9 s)')
    }
  })

  test('says nothing where no merge runs here, or no window waits', () => {
    expect(progress({ 'a-1': { lastRow: 0 } }).waiting).toBeNull()
    expect(progress({ 'a-1': { lastRow: 0 } }, new MergeState(['a-1'], 0)).waiting).toBeNull()
  })
})

test('the rate is that since the read before', () => {
  let now = 1_000
  const statuses = new Map([['a-0', freshStatus(0)]])
  const reader = new ProgressReader({ clock: { now: () => now, sleep: async () => {} }, statuses }, () => null)
  const read = (rows: number, at: number) => {
    now = at
    statuses.set('a-0', { ...freshStatus(0), rows })
    return reader.read().rate
  }
  expect(read(100, 3_000)).toBe(50)
  expect(read(100, 4_000)).toBe(0)
  expect(read(120, 4_000)).toBe(0)
  // The task was opened again, and counts from zero.
  expect(read(10, 5_000)).toBe(0)
})

test('stays as it is while the tasks continue', () => {
  const given = context({ 'a-0': { rows: 10 } })
  const before = progressOf(given, null, 0)
  Object.assign(given.statuses.get('a-0') ?? {}, { rows: 20 })
  expect(before.partitions['a-0']?.rows).toBe(10)
})
