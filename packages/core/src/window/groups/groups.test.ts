import fc from 'fast-check'
import { expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import { Dictionaries } from '../../aggregate/sets/text-dictionary.ts'
import { topK } from '../../aggregate/top-k.ts'
import type { Json } from '../../base/json.ts'
import { rowsOf } from '../engine/rows.fixture.ts'
import { Accumulators } from './accumulators.ts'
import { FreshGroups } from './fresh-groups.ts'
import { Groups } from './groups.ts'

const accumulators = new Accumulators({ n: count(), top: topK('key', 10) } as never)

/** A window's groups, and what was counted of them since the last snapshot. */
interface Held {
  readonly groups: Groups
  readonly fresh: FreshGroups
}

function held(): Held {
  const fresh = new FreshGroups(accumulators)
  // Another window is counted beside it, so that places are no ids.
  fresh.begin()
  return { fresh, groups: new Groups(accumulators, fresh) }
}

/** Counts a row of each key under these ids. */
function add({ groups, fresh }: Held, ...rows: readonly (readonly [id: number, key: string])[]): void {
  const places = Int32Array.from(rows, ([id]) => groups.placeOf(id))
  const indices = Int32Array.from(rows.keys())
  fresh.add(accumulators.rowsAdder(rowsOf(rows.map(([, key]) => [key, 0]))), indices, places, rows.length)
}

function settle({ groups, fresh }: Held): void {
  groups.settle()
  fresh.clear()
}

/** What the rows of one group come to. */
function counted(keys: readonly string[]): { rows: number; accs: Json[] } {
  const accs = accumulators.init()
  const adder = accumulators.adder(rowsOf(keys.map((key) => [key, 0])))
  for (const i of keys.keys()) adder(accs, i)
  return { rows: keys.length, accs: accumulators.toJson(accs) }
}

test('counts the rows of each group, and lists the groups that changed in the order in which they did', () => {
  const all = held()
  const { groups } = all
  add(all, [0, 'a'], [1, 'b'], [0, 'c'])
  expect([groups.size, groups.changed]).toEqual([2, [0, 1]])
  expect([groups.total(0, new Dictionaries()), groups.total(1, new Dictionaries())]).toEqual([counted(['a', 'c']), counted(['b'])])
  settle(all)
  add(all, [1, 'd'])
  expect(groups.changed).toEqual([1])
  expect(groups.fresh(1, new Dictionaries())).toEqual(counted(['d']))
  expect(groups.total(1, new Dictionaries())).toEqual(counted(['b', 'd']))
})

test('adds what several snapshots hold of a group, and counts none of it as changed', () => {
  const { groups } = held()
  const [first, second] = [counted(['a']), counted(['b', 'c'])]
  groups.restore(0, first.rows, first.accs)
  groups.restore(0, second.rows, second.accs)
  expect(groups.total(0, new Dictionaries())).toEqual(counted(['a', 'b', 'c']))
  expect(groups.changed).toEqual([])
})

test('whatever is settled and restored between, each row is in a total once, and in what is fresh until it is settled', () => {
  const id = fc.nat(4)
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), id, key: fc.constantFrom('a', 'b', 'c') }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), id, keys: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }) }) },
  )
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const counting = held()
      const { groups } = counting
      const all: string[][] = []
      const fresh = new Map<number, string[]>()
      // Ids are given out in order, as `Keys` does.
      const idOf = (wanted: number) => Math.min(wanted, all.length)
      for (const given of steps) {
        if (given.do === 'add') {
          const at = idOf(given.id)
          add(counting, [at, given.key])
          all[at] = [...(all[at] ?? []), given.key]
          fresh.set(at, [...(fresh.get(at) ?? []), given.key])
        } else if (given.do === 'settle') {
          settle(counting)
          fresh.clear()
        } else {
          const at = idOf(given.id)
          const { rows, accs } = counted(given.keys)
          groups.restore(at, rows, accs)
          all[at] = [...(all[at] ?? []), ...given.keys]
          fresh.clear()
        }
        expect(groups.size).toBe(all.length)
        expect([...groups.changed]).toEqual([...fresh.keys()])
        for (const [at, keys] of fresh) expect(groups.fresh(at, new Dictionaries())).toEqual(counted(keys))
        for (const [at, keys] of all.entries()) expect(groups.total(at, new Dictionaries())).toEqual(counted(keys))
      }
    }),
  )
})
