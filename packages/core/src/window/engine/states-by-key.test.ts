import { expect, test } from 'vitest'
import type { Json } from '../../base/json.ts'
import { type HeldState, StatesByKey } from './states-by-key.ts'

interface Count extends HeldState {
  n: number
}
type Counts = StatesByKey<Count, readonly [number]>
const counts = (): Counts => new StatesByKey(['key'])

function add(states: Counts, key: string, n: number): void {
  const id = states.keys.intern([key])
  states.set(id, { n: (states.get(id)?.n ?? 0) + n, saved: states.get(id)?.saved ?? false })
  states.touch(id)
}
function drop(states: Counts, key: string): void {
  const id = states.keys.intern([key])
  states.drop(id, states.get(id) as Count)
}
const cut = (states: Counts, whole = false) => states.snapshot(whole, ({ n }) => [n])
const held = (states: Counts) => Object.fromEntries([...states.entries()].map(([id, { n }]) => [states.keys.values(id)[0], n]))

function restored(snapshots: readonly (Json | null)[]): Counts {
  const states = counts()
  for (const json of snapshots)
    if (json !== null) states.restore(JSON.parse(JSON.stringify(json)) as Json, (id, n) => states.set(id, { n, saved: true }))
  return states
}

test('a snapshot holds what changed, and a whole one everything', () => {
  const states = counts()
  add(states, 'a', 1)
  add(states, 'b', 2)
  expect(cut(states)).toEqual({
    drop: [],
    set: [
      [['a'], 1],
      [['b'], 2],
    ],
  })
  expect(cut(states)).toBeNull()
  add(states, 'b', 5)
  expect(cut(states)).toEqual({ drop: [], set: [[['b'], 7]] })
  expect(cut(states, true)?.set).toHaveLength(2)
})

test('a key that is gone is said once, where a snapshot holds it', () => {
  const states = counts()
  add(states, 'a', 1)
  drop(states, 'a')
  expect(cut(states)).toBeNull()
  add(states, 'b', 1)
  const base = cut(states, true)
  drop(states, 'b')
  add(states, 'b', 9)
  const change = cut(states)
  expect(change).toEqual({ drop: [['b']], set: [[['b'], 9]] })
  expect(held(restored([base, change]))).toEqual({ b: 9 })
  expect(states.size).toBe(1)
})

test('a state that is forgotten is in no snapshot', () => {
  const states = counts()
  add(states, 'a', 1)
  states.forget(states.keys.intern(['a']))
  expect(cut(states)).toBeNull()
})

test('comes back from a base and its changes', () => {
  const states = counts()
  const snapshots = [
    ['a', 1],
    ['b', 2],
    ['a', 3],
  ].map(([key, n]) => {
    add(states, key as string, n as number)
    return cut(states)
  })
  expect(held(restored(snapshots))).toEqual({ a: 4, b: 2 })
  expect(cut(restored(snapshots))).toBeNull()
})

test('refuses a snapshot of another version', () => {
  expect(() => restored([{ keys: [] }])).toThrow(expect.objectContaining({ code: 'OPERATOR_STATE' }))
})
