import { expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import type { Json } from '../../base/json.ts'
import { Batch } from '../../batch/batch.ts'
import { PartitionClock } from '../../time/watermark.ts'
import { Accumulators } from '../groups/accumulators.ts'
import { byEnd, type KeyedRow, KeyedStates, type KeyState } from './keyed-states.ts'
import { Row, rowsOf } from './rows.fixture.ts'

type Times = KeyedStates<number, KeyState<number>, readonly [readonly number[]]>

/** Keeps the times of each key's rows; what is more than 10 behind the watermark is late. */
const times = (maxKeys = 10): Times => new KeyedStates('time', { by: ['key'], accumulators: new Accumulators({ n: count() }), maxKeys })

function take(states: Times, { id, time, watermark }: KeyedRow) {
  if (time < watermark - 10) return { start: time, end: time + 1 }
  const state = states.get(id) ?? { items: [], saved: false }
  state.items.push(time)
  states.set(id, state)
  states.touch(id)
  states.held++
  return undefined
}
const add = (states: Times, rows: readonly (readonly [string, number])[], clock?: PartitionClock) =>
  states.add(rowsOf(rows, clock), (row) => take(states, row))
const snapshot = (states: Times, whole = false) => states.snapshot(whole, ({ items }) => [[...items]])
const held = (states: Times) => Object.fromEntries([...states.entries()].map(([id, { items }]) => [states.keys.values(id)[0], items]))

function restored(snapshots: readonly (Json | null)[]): Times {
  const states = times()
  for (const json of snapshots) {
    if (json === null) continue
    states.restore(JSON.parse(JSON.stringify(json)) as Json, (id, items) => {
      states.forget(id)
      states.set(id, { items: [...items], saved: true })
      states.held += items.length
    })
  }
  return states
}

test('hands each row to its key, and returns the late ones with the window they missed', () => {
  const states = times()
  const late = add(states, [
    ['a', 30],
    ['b', 25],
    ['a', 5],
    ['b', 26],
  ])
  expect(late).toEqual([{ row: 2, watermark: 30, windows: [{ start: 5, end: 6 }] }])
  expect(held(states)).toEqual({ a: [30], b: [25, 26] })
})

test('a key that had late rows only takes no number', () => {
  const states = times()
  const clock = new PartitionClock(0, 100)
  add(
    states,
    [
      ['late', 1],
      ['b', 100],
    ],
    clock,
  )
  const numbers = [...states.entries()].map(([id]) => id)
  add(states, [['c', 101]], clock)
  expect([...states.entries()].map(([id]) => id)).toEqual([...numbers, 0])
  expect(held(states)).toEqual({ b: [100], c: [101] })
})

test('a key whose late row comes before its row in time keeps its number', () => {
  const states = times()
  add(
    states,
    [
      ['a', 1],
      ['a', 95],
      ['b', 96],
    ],
    new PartitionClock(0, 100),
  )
  add(states, [['c', 97]])
  expect(held(states)).toEqual({ a: [95], b: [96], c: [97] })
})

test('refuses a batch without watermarks, and more than it may hold', () => {
  const states = times(2)
  expect(() => states.add(Batch.of(Row, [{ key: 'a', at: new Date(0) }]), () => undefined)).toThrow(
    expect.objectContaining({ code: 'WATERMARK_LOST' }),
  )
  const rows = [
    ['a', 1],
    ['a', 2],
  ] as const
  add(states, rows)
  expect(() => add(states, [['b', 3]])).toThrow(
    expect.objectContaining({ code: 'STATE_LIMIT', message: expect.stringContaining('3 open times are more than the 2 allowed') }),
  )
})

test('a snapshot holds the keys that changed since the last one, and those that are gone', () => {
  const states = times()
  expect(snapshot(states)).toBeNull()
  add(states, [
    ['a', 1],
    ['b', 2],
  ])
  const snapshots = [snapshot(states)]
  add(states, [['b', 3]])
  for (const [id, state] of states.entries()) if (states.keys.values(id)[0] === 'a') states.drop(id, state)
  states.held--
  snapshots.push(snapshot(states))
  expect(snapshots[1]).toEqual({ drop: [['a']], set: [[['b'], [2, 3]]] })
  expect(snapshot(states)).toBeNull()
  expect(snapshot(states, true)).toEqual({ drop: [], set: [[['b'], [2, 3]]] })
  const back = restored(snapshots)
  expect([held(back), back.held]).toEqual([{ b: [2, 3] }, 2])
  expect(snapshot(back)).toBeNull()
})

test('a key that came and went between two snapshots is in none', () => {
  const states = times()
  add(states, [['a', 1]])
  for (const [id, state] of states.entries()) states.drop(id, state)
  expect(snapshot(states)).toBeNull()
})

test('a key that is gone and comes back before the next snapshot is there after a restart', () => {
  const states = times()
  add(states, [['a', 1]])
  const snapshots = [snapshot(states)]
  for (const [id, state] of states.entries()) states.drop(id, state)
  add(states, [['a', 9]])
  snapshots.push(snapshot(states))
  expect(held(restored(snapshots))).toEqual({ a: [9] })
})

test('a restored key that goes is taken back by the next snapshot', () => {
  const states = times()
  add(states, [['a', 1]])
  const snapshots = [snapshot(states)]
  const back = restored(snapshots)
  for (const [id, state] of back.entries()) back.drop(id, state)
  expect(snapshot(back)).toEqual({ drop: [['a']], set: [] })
})

test('refuses state of another version', () => {
  expect(() => times().restore({ add: [] }, () => {})).toThrow(expect.objectContaining({ code: 'OPERATOR_STATE' }))
})

test('orders closed windows by end, start and key', () => {
  const closed = (end: number, start: number, key: Json) => ({ interval: { start, end }, values: [key], rows: 1, accs: [] })
  const sorted = [closed(10, 0, 'a'), closed(10, 0, 'b'), closed(10, 5, 'a'), closed(20, 0, 'a')]
  expect([...sorted].reverse().sort(byEnd)).toEqual(sorted)
})
