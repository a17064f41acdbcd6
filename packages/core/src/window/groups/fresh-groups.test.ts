import { expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import { Dictionaries } from '../../aggregate/sets/text-dictionary.ts'
import { topK } from '../../aggregate/top-k.ts'
import { rowsOf } from '../engine/rows.fixture.ts'
import { Accumulators } from './accumulators.ts'
import { FreshGroups } from './fresh-groups.ts'

const accumulators = new Accumulators({ n: count(), top: topK('key', 10) } as never)

test('counts rows at the places named, as many as said, until it is cleared', () => {
  const fresh = new FreshGroups(accumulators)
  const batch = rowsOf(['a', 'b', 'c', 'd'].map((key) => [key, 0]))
  expect([fresh.begin(), fresh.begin()]).toEqual([0, 1])
  fresh.add(accumulators.rowsAdder(batch), Int32Array.of(0, 2, 3), Int32Array.of(1, 0, 1), 2)
  expect([fresh.rowsAt(0), fresh.rowsAt(1)]).toEqual([1, 1])
  expect([0, 1].map((place) => accumulators.writtenAt(fresh.accs, place, new Dictionaries()))).toEqual([
    [1, [['c', 1]]],
    [1, [['a', 1]]],
  ])
  fresh.clear()
  expect([fresh.begin(), fresh.rowsAt(0)]).toEqual([0, 0])
})
