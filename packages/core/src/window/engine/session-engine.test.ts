import { expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import type { Json } from '../../base/json.ts'
import { Accumulators } from '../groups/accumulators.ts'
import { rowsOf } from './rows.fixture.ts'
import { SessionEngine } from './session-engine.ts'

const engine = (maxKeys = 10) => new SessionEngine(5, 0, { by: ['key'], accumulators: new Accumulators({ n: count() }), maxKeys })
const closed = (sessions: SessionEngine, watermark: number) =>
  sessions.close(watermark).map(({ interval, values, rows }) => [values[0], interval.start, interval.end, rows])

test('a row between two sessions joins them', () => {
  const sessions = engine()
  sessions.add(
    rowsOf([
      ['a', 10],
      ['a', 18],
    ]),
  )
  expect(sessions.held).toBe(2)
  sessions.add(rowsOf([['a', 14]]))
  expect(sessions.held).toBe(1)
  expect(closed(sessions, 23)).toEqual([])
  expect(closed(sessions, 24)).toEqual([['a', 10, 23, 3]])
  expect(sessions.held).toBe(0)
})

test('a snapshot holds the keys that changed since the last one, and those that are gone', () => {
  const sessions = engine()
  expect(sessions.snapshot(false)).toBeNull()
  sessions.add(
    rowsOf([
      ['a', 10],
      ['b', 10],
    ]),
  )
  const snapshots: (Json | null)[] = [sessions.snapshot(true)]
  sessions.add(rowsOf([['b', 12]]))
  snapshots.push(sessions.snapshot(false))
  expect(snapshots[1]).toEqual({ drop: [], set: [[['b'], [[10, 12, 2, [2]]]]] })
  expect(closed(sessions, 16)).toEqual([['a', 10, 15, 1]])
  snapshots.push(sessions.snapshot(false))
  expect(snapshots[2]).toEqual({ drop: [['a']], set: [] })

  const restored = engine()
  for (const snapshot of snapshots) restored.restore(JSON.parse(JSON.stringify(snapshot)) as Json)
  expect(restored.held).toBe(1)
  expect(restored.snapshot(false)).toBeNull()
  expect(closed(restored, 100)).toEqual([['b', 10, 17, 2]])
})

test('refuses state that it did not write', () => {
  expect(() => engine().restore({ add: [] })).toThrow(expect.objectContaining({ code: 'OPERATOR_STATE' }))
})
