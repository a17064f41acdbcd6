import { expect, test } from 'vitest'
import type { Json } from '../../base/json.ts'
import { Batch } from '../../batch/batch.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { TimedKeys } from './timed-keys.ts'

const MOST = 1_000_000

const rowOf = (client_id: string): Ticket => ({
  ticket_id: '',
  client_id,
  created_at: new Date(0),
  request: '',
  request_type: 'billing',
  priority: 'low',
})

/** Adds a time to each key, as a batch's reader names them. */
function add(keys: TimedKeys, ...of: readonly (readonly [client: string, time: number])[]): void {
  const rows = of.map(([client]) => rowOf(client))
  const reader = keys.reader(Batch.of(Ticket, rows))
  for (const [i, [, time]] of of.entries()) keys.add(reader.idOf(i), time)
}

/** What is held, by key. */
function held(keys: TimedKeys): Record<string, readonly number[]> {
  const { add: all } = JSON.parse(JSON.stringify(keys.snapshot(true))) as { add: [[string], number][] }
  const found: Record<string, number[]> = {}
  for (const [[client], time] of all) found[client] = [...(found[client] ?? []), time]
  return found
}

/** What comes back from these cuts, as records hold them. */
function restored(cuts: readonly (Json | null)[], by: readonly string[] = ['client_id']): TimedKeys {
  const keys = new TimedKeys(by, MOST)
  for (const cut of cuts) if (cut !== null) keys.restore(JSON.parse(JSON.stringify(cut)) as Json)
  return keys
}

test('a cut holds what was added since the last one, and what is forgotten is not in it', () => {
  const keys = new TimedKeys(['client_id'], MOST)
  const cuts: (Json | null)[] = [keys.snapshot(true)]
  add(keys, ['a', 10], ['b', 20], ['a', 30])
  cuts.push(keys.snapshot(false))
  expect(cuts[1]).toEqual({
    add: [
      [['a'], 10],
      [['b'], 20],
      [['a'], 30],
    ],
    until: null,
  })
  expect(keys.snapshot(false)).toBeNull()
  add(keys, ['c', 15], ['c', 20], ['c', 40])
  keys.forget(20)
  cuts.push(keys.snapshot(false))
  expect(cuts[2]).toEqual({ add: [[['c'], 40]], until: 20 })
  expect(held(restored(cuts))).toEqual({ a: [30], c: [40] })
  expect(held(restored([...cuts, restored(cuts).snapshot(true)]))).not.toEqual({})
})

test('comes back twice: from cuts, and from cuts that were taken after coming back', () => {
  const keys = new TimedKeys(['client_id'], MOST)
  const cuts: (Json | null)[] = [keys.snapshot(true)]
  add(keys, ['a', 1], ['b', 2])
  cuts.push(keys.snapshot(false))
  const once = restored(cuts)
  expect(once.snapshot(false)).toBeNull()
  add(once, ['a', 3])
  cuts.push(once.snapshot(false))
  const twice = restored(cuts)
  expect(twice.held).toBe(3)
  expect(held(twice)).toEqual({ a: [1, 3], b: [2] })
})

test('a whole cut leaves nothing for the next one, and says how far is forgotten', () => {
  const keys = new TimedKeys(['client_id'], MOST)
  add(keys, ['a', 1], ['a', 5])
  keys.forget(1)
  expect(keys.snapshot(true)).toEqual({ add: [[['a'], 5]], until: 1 })
  expect(keys.snapshot(false)).toBeNull()
  keys.forget(0)
  expect(keys.snapshot(true)).toEqual({ add: [[['a'], 5]], until: 1 })
})

test('what is old goes when as much was added as was left, whatever the number of keys', () => {
  const keys = new TimedKeys(['client_id'], MOST)
  const fill = (from: number, to: number) => add(keys, ...Array.from({ length: to - from }, (_, i) => [`k${(from + i) % 200}`, from + i] as const))
  fill(0, 1024)
  keys.forget(1023)
  expect(keys.held).toBe(1024)
  fill(1024, 1025)
  keys.forget(1023)
  expect(keys.held).toBe(1)
  fill(1025, 2050)
  keys.forget(1500)
  expect(keys.held).toBe(1026)
  fill(2050, 2051)
  keys.forget(1500)
  expect(keys.held).toBe(550)
  fill(2051, 3175)
  keys.forget(3000)
  expect(keys.held).toBe(1674)
  fill(3175, 3625)
  keys.forget(3000)
  expect(keys.held).toBe(2124)
  fill(3625, 3626)
  keys.forget(3000)
  expect(keys.held).toBe(625)
})

test('what is old counts against no limit', () => {
  const keys = new TimedKeys(['client_id'], 3)
  add(keys, ['a', 1], ['b', 2], ['c', 3])
  keys.forget(0)
  add(keys, ['d', 4])
  keys.forget(1)
  expect(keys.held).toBe(3)
  add(keys, ['e', 5])
  expect(() => keys.forget(1)).toThrow('4 open keys are more than the 3 allowed')
})

test('the numbers of keys that are gone are given again', () => {
  const keys = new TimedKeys(['client_id'], 2)
  add(keys, ['a', 1], ['b', 2], ['c', 3])
  keys.forget(2)
  add(keys, ['d', 4])
  keys.forget(2)
  const reader = keys.reader(Batch.of(Ticket, [rowOf('c'), rowOf('d')]))
  expect([0, 1].map((row) => keys.times(reader.idOf(row)))).toEqual([[3], [4]])
  expect(reader.idOf(1)).toBeLessThan(2)
  expect(held(keys)).toEqual({ c: [3], d: [4] })
})
