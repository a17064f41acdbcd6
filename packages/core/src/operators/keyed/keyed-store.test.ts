import { describe, expect, test } from 'vitest'
import type { Json } from '../../base/json.ts'
import { KeyedStore } from './keyed-store.ts'

interface Count {
  n: number
}
const settings = { id: 'op', by: ['key'], init: (): Count => ({ n: 0 }), read: (state: Json) => state as never as Count, keepsLast: true, maxKeys: 3 }
const store = (ttl = Number.POSITIVE_INFINITY, more = {}) => new KeyedStore<Count>({ ...settings, ttl, ...more })
const idOf = (states: KeyedStore<Count>, key: string) => states.keys.intern([key])

/** Counts a row of a key. */
function add(states: KeyedStore<Count>, key: string, time: number): void {
  states.stateOf(idOf(states, key)).n++
  states.passed(idOf(states, key), time)
}
function due(states: KeyedStore<Count>, before: number): string[] {
  const found: string[] = []
  for (let timer = states.dueTimer(before); timer; timer = states.dueTimer(before)) found.push(`${states.keys.values(timer.id)[0]}@${timer.at}`)
  return found
}
const held = (states: KeyedStore<Count>) => states.idsWithState().map((id) => `${states.keys.values(id)[0]}=${states.stateOf(id).n}`)
const cut = (states: KeyedStore<Count>, whole = false) => JSON.parse(JSON.stringify(states.cut(whole))) as Json

function restored(snapshots: readonly Json[], ttl?: number, more = {}): KeyedStore<Count> {
  const states = store(ttl, more)
  for (const json of snapshots) if (json !== null) states.takeBack(json, 1)
  return states
}

describe('timers', () => {
  test('one for each key and time, given once, by time and then as they were set', () => {
    const states = store()
    const [a, b] = [idOf(states, 'a'), idOf(states, 'b')]
    states.setTimer(b, 7)
    states.setTimer(a, 7)
    states.setTimer(b, 7)
    states.setTimer(a, 5)
    expect(due(states, 5)).toEqual([])
    expect(due(states, 8)).toEqual(['a@5', 'b@7', 'a@7'])
    states.setTimer(a, 5)
    expect(due(states, 8)).toEqual(['a@5'])
  })

  test('what was cancelled does not fire, and nor does another key’s', () => {
    const states = store()
    const [a, b] = [idOf(states, 'a'), idOf(states, 'b')]
    for (const id of [a, b]) states.setTimer(id, 5)
    states.cancelTimer(a, 6)
    states.cancelTimer(a, 5)
    states.cancelTimer(a, 5)
    expect(due(states, 9)).toEqual(['b@5'])
  })

  test('come back in their order, and those that are set later come after them', () => {
    const states = store()
    for (const key of ['b', 'a']) states.setTimer(idOf(states, key), 5)
    const again = restored([cut(states)])
    again.setTimer(idOf(again, 'c'), 5)
    expect(due(again, 9)).toEqual(['b@5', 'a@5', 'c@5'])
  })

  test('that fired or were cancelled after a snapshot do not come back from the next one', () => {
    const states = store()
    const [a, b] = [idOf(states, 'a'), idOf(states, 'b')]
    for (const id of [a, b]) states.setTimer(id, 5)
    const base = cut(states, true)
    states.cancelTimer(a, 5)
    states.passed(a, 0)
    for (let timer = states.dueTimer(9); timer; timer = states.dueTimer(9)) states.passed(timer.id, timer.at)
    states.release()
    expect(states.size).toBe(0)
    const change = cut(states)
    expect(change).toEqual({ drop: [['a'], ['b']], set: [] })
    expect(due(restored([base, change]), 9)).toEqual([])
  })

  test.each(['cancelled', 'fired'])('one of several that was %s is gone from the next snapshot', (how) => {
    const states = store()
    const a = idOf(states, 'a')
    for (const at of [5, 6]) states.setTimer(a, at)
    const base = cut(states, true)
    if (how === 'fired') states.dueTimer(6)
    else states.cancelTimer(a, 5)
    expect(due(restored([base, cut(states)]), 9)).toEqual(['a@6'])
  })
})

describe('state', () => {
  test('is there until it is cleared, and comes back', () => {
    const states = store()
    for (const key of ['b', 'a', 'a']) add(states, key, 1)
    expect(held(states)).toEqual(['a=2', 'b=1'])
    states.putState(idOf(states, 'a'), { n: 9 })
    states.clear(idOf(states, 'b'))
    expect(held(states)).toEqual(['a=9'])
    expect(held(restored([cut(states)]))).toEqual(['a=9'])
  })

  test('shares nothing with the record that it comes from', () => {
    const states = store()
    add(states, 'a', 1)
    const record = cut(states)
    const text = JSON.stringify(record)
    add(restored([record]), 'a', 2)
    expect(JSON.stringify(record)).toBe(text)
  })

  test('that no record can hold is refused with operator and key', () => {
    const states = store()
    states.putState(idOf(states, 'a'), { n: Number.NaN })
    expect(() => states.cut(false)).toThrow('the state of "op" for the key ["a"] has NaN at state.n')
  })

  test('is too old when the watermark is more than ttl after its last row', () => {
    const states = store(10)
    add(states, 'a', 5)
    add(states, 'a', 2)
    states.expire(15)
    expect(held(states)).toEqual(['a=2'])
    states.expire(15.5)
    states.release()
    expect([held(states), states.size]).toEqual([[], 0])
  })

  test('a timer keeps it, and counts as its last row', () => {
    const states = store(10)
    add(states, 'a', 5)
    const id = idOf(states, 'a')
    states.setTimer(id, 40)
    states.expire(39)
    expect(held(states)).toEqual(['a=1'])
    due(states, 41)
    states.passed(id, 40)
    states.expire(50)
    expect(held(states)).toEqual(['a=1'])
    states.expire(51)
    expect(held(states)).toEqual([])
  })

  test('what began anew with an earlier row is too old earlier', () => {
    const states = store(10)
    add(states, 'a', 50)
    states.clear(idOf(states, 'a'))
    add(states, 'a', 5)
    states.expire(16)
    expect(held(states)).toEqual([])
  })

  test('how old it is comes back', () => {
    const states = store(10)
    add(states, 'a', 5)
    const again = restored([cut(states)], 10)
    again.expire(15)
    expect(held(again)).toEqual(['a=1'])
    again.expire(16)
    expect(held(again)).toEqual([])
  })

  test('of another version is made by read', () => {
    const states = store()
    add(states, 'a', 1)
    const more = { read: (state: Count, version: number) => ({ n: state.n + 10 * version }) }
    expect(held(restored([cut(states)], undefined, more))).toEqual(['a=11'])
  })
})

test('keys that hold nothing take no number, once a batch is done', () => {
  const states = store()
  const id = idOf(states, 'a')
  states.passed(id, 1)
  expect(idOf(states, 'a')).toBe(id)
  states.release()
  expect(idOf(states, 'b')).toBe(id)
})

test('more keys or timers than allowed are refused', () => {
  const states = store()
  for (const key of ['a', 'b', 'c']) add(states, key, 1)
  states.release()
  add(states, 'd', 1)
  expect(() => states.release()).toThrow('4 open keys are more than the 3 allowed: clear the state of keys that are done, give it a ttl')
  const other = store()
  for (const at of [1, 2, 3, 4]) other.setTimer(idOf(other, 'a'), at)
  expect(() => other.release()).toThrow('4 open timers are more than the 3 allowed')
})

test('after reset nothing is left, and nothing is said of it', () => {
  const states = store(10)
  add(states, 'a', 1)
  states.setTimer(idOf(states, 'b'), 1)
  states.reset()
  expect([states.size, states.timers, states.cut(false)]).toEqual([0, 0, null])
  states.expire(100)
  expect(due(states, 100)).toEqual([])
})
