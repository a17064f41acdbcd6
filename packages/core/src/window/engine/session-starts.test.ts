import { expect, test } from 'vitest'
import type { Json } from '../../base/json.ts'
import { rowsOf } from './rows.fixture.ts'
import { SessionStarts } from './session-starts.ts'

const GAP = 5
const make = (most = 10_000) => new SessionStarts(['key'], GAP, most)

/** Returns the session start of each row, with `watermark` before all of them. */
function starts(sessions: SessionStarts, rows: readonly (readonly [string, number])[], watermark = Number.NEGATIVE_INFINITY): number[] {
  const reader = sessions.reader(rowsOf(rows))
  return rows.map(([, time], i) => sessions.startOf(reader.idOf(i), time, watermark))
}

const restored = (snapshots: readonly (Json | null)[]) => {
  const sessions = make()
  for (const snapshot of snapshots) if (snapshot !== null) sessions.restore(JSON.parse(JSON.stringify(snapshot)) as Json)
  return sessions
}

test('a row at most the gap after the last one of its key continues the session, a later one begins another', () => {
  const rows = [
    ['a', 10],
    ['a', 15],
    ['b', 16],
    ['a', 20],
    ['a', 26],
  ] as const
  expect(starts(make(), rows)).toEqual([10, 10, 16, 10, 26])
})

test('a row out of order belongs to the session that it is near, and moves neither its start nor its end', () => {
  const sessions = make()
  const rows = [
    ['a', 10],
    ['a', 14],
    ['a', 6],
    ['a', 12],
    ['a', 19],
    ['a', 25],
  ] as const
  expect(starts(sessions, rows)).toEqual([10, 10, 10, 10, 10, 25])
})

test('a row from long before the latest session is a session of its own, and leaves the latest as it is', () => {
  const rows = [
    ['a', 100],
    ['a', 94],
    ['a', 105],
  ] as const
  expect(starts(make(), rows)).toEqual([100, 94, 100])
})

test('a finished session is not continued, whether it is still in memory or not', () => {
  const [kept, forgotten] = [make(), make(0)]
  for (const sessions of [kept, forgotten]) starts(sessions, [['a', 10]])
  forgotten.forget(16)
  expect([kept.held, forgotten.held]).toEqual([1, 0])
  for (const sessions of [kept, forgotten]) expect(starts(sessions, [['a', 12]], 16)).toEqual([12])
})

test('a session that a row may still continue is not forgotten', () => {
  const sessions = make(0)
  starts(sessions, [['a', 10]])
  expect(() => sessions.forget(15)).toThrow(expect.objectContaining({ code: 'STATE_LIMIT', message: expect.stringContaining('1 open sessions') }))
  expect(starts(sessions, [['a', 15]], 15)).toEqual([10])
})

test('finished sessions count against no limit', () => {
  const sessions = make(2)
  starts(sessions, [
    ['a', 1],
    ['b', 2],
    ['c', 30],
  ])
  sessions.forget(30)
  expect(sessions.held).toBe(1)
})

test('the number of a forgotten key goes to another key, and their sessions stay apart', () => {
  const sessions = make(1)
  starts(sessions, [
    ['a', 1],
    ['b', 30],
  ])
  sessions.forget(30)
  expect(starts(sessions, [['c', 31]], 30)).toEqual([31])
  expect(starts(sessions, [['b', 32]], 30)).toEqual([30])
})

test('a snapshot holds the sessions that changed since the last one', () => {
  const sessions = make()
  expect(sessions.snapshot(false)).toBeNull()
  starts(sessions, [
    ['a', 10],
    ['b', 10],
  ])
  const snapshots = [sessions.snapshot(false)]
  starts(sessions, [['b', 12]])
  snapshots.push(sessions.snapshot(false))
  expect(snapshots[1]).toEqual([[['b'], 10, 12]])
  expect(sessions.snapshot(false)).toBeNull()
  expect(sessions.snapshot(true)).toEqual([
    [['a'], 10, 10],
    [['b'], 10, 12],
  ])
  const back = restored(snapshots)
  expect(back.held).toBe(2)
  expect(back.snapshot(false)).toBeNull()
  expect(
    starts(back, [
      ['b', 17],
      ['a', 15],
    ]),
  ).toEqual([10, 10])
})

test('a session that was forgotten after its snapshot comes back finished', () => {
  const sessions = make(0)
  starts(sessions, [['a', 10]])
  const snapshot = sessions.snapshot(false)
  sessions.forget(16)
  expect(sessions.snapshot(false)).toBeNull()
  expect(starts(restored([snapshot]), [['a', 12]], 16)).toEqual([12])
})

test('a session that began and was forgotten between two snapshots is in none', () => {
  const sessions = make(0)
  starts(sessions, [['a', 10]])
  sessions.forget(16)
  expect(sessions.snapshot(false)).toBeNull()
})

test('a row at most the gap away, before or after, is in the session', () => {
  expect(
    starts(make(), [
      ['a', 10],
      ['a', 15],
      ['a', 5],
      ['a', 20],
    ]),
  ).toEqual([10, 10, 10, 10])
  expect(
    starts(make(), [
      ['a', 10],
      ['a', 16],
    ]),
  ).toEqual([10, 16])
  // An earlier row lets the session continue from its last row, not from itself.
  expect(
    starts(make(), [
      ['a', 10],
      ['a', 14],
      ['a', 8],
      ['a', 19],
    ]),
  ).toEqual([10, 10, 10, 10])
})

test('many sessions that are finished are forgotten, those that may continue are not', () => {
  const sessions = make()
  const keys = (at: number, from: number, to: number) => Array.from({ length: to - from }, (_, i) => [`${from + i}`, at] as const)
  for (const round of [0, 1, 2]) {
    starts(sessions, keys(100 * round, 0, 2000))
    starts(sessions, keys(100 * round + 50, 2000, 2010))
    sessions.forget(100 * round + 55)
    expect(sessions.held).toBe(10)
    expect(starts(sessions, [['2000', 100 * round + 55]], 100 * round + 55)).toEqual([100 * round + 50])
  }
})

test('snapshots hold what changed since the last one, and one after the other bring everything back, twice', () => {
  let sessions = make()
  expect(sessions.snapshot(false)).toBeNull()
  const snapshots: Json[] = []
  const save = (whole: boolean) => snapshots.push(JSON.parse(JSON.stringify(sessions.snapshot(whole))) as Json)
  starts(sessions, [
    ['a', 10],
    ['b', 20],
  ])
  save(true)
  expect(sessions.snapshot(false)).toBeNull()
  for (const [i, key] of ['a', 'b'].entries()) {
    starts(sessions, [
      [key, 14 + 10 * i],
      ['c', 30 + i],
    ])
    save(false)
    expect(snapshots.at(-1)).toHaveLength(2)
    sessions = make()
    for (const snapshot of snapshots) sessions.restore(snapshot)
    expect(sessions.snapshot(false)).toBeNull()
  }
  expect(
    starts(sessions, [
      ['a', 19],
      ['b', 29],
      ['c', 36],
    ]),
  ).toEqual([10, 20, 30])
  expect(sessions.snapshot(true)).toHaveLength(3)
})

test.each([null, {}, 3])('refuses state of another version: %j', (json) => {
  expect(() => make().restore(json)).toThrow(expect.objectContaining({ code: 'OPERATOR_STATE' }))
})
