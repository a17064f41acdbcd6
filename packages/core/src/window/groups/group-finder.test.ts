import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { GroupFinder } from './group-finder.ts'
import { Keys } from './keys.ts'

const Row = defineSchema(z.object({ at: instant(), kind: z.enum(['a', 'b', 'c']) }), { name: 'found', time: 'at' })
const batchOf = (...rows: readonly (readonly ['a' | 'b' | 'c', number])[]) =>
  Batch.of(
    Row,
    rows.map(([kind, at]) => ({ kind, at: new Date(at) })),
  )

/** Returns the places of rows `[from, to)` in one window, whose groups lie ten apart, and for how many of them a group was asked for. */
function placesIn(finder: GroupFinder, by: string, from: number, to: number): { places: number[]; asked: number } {
  let asked = 0
  const find = finder.in(new Keys([by]), (id) => {
    asked++
    return id * 10
  })
  const places = new Int32Array(to - from + 1).fill(-1)
  find(from, to, places, 1)
  return { places: [...places.subarray(1)], asked }
}

test('asks for a group once a window where keys are few', () => {
  const finder = new GroupFinder(batchOf(['a', 0], ['b', 0], ['a', 0], ['a', 0]), ['kind'])
  expect(placesIn(finder, 'kind', 0, 4)).toEqual({ places: [0, 10, 0, 0], asked: 2 })
  expect(placesIn(finder, 'kind', 1, 4)).toEqual({ places: [0, 10, 10], asked: 2 })
})

test('asks row by row once tables would outgrow the batch, with the same places', () => {
  const finder = new GroupFinder(batchOf(['a', 0], ['a', 0]), ['kind'])
  const found = Array.from({ length: 5 }, () => placesIn(finder, 'kind', 0, 2))
  expect(found.map(({ places }) => places)).toEqual(Array.from({ length: 5 }, () => [0, 0]))
  expect(found.map(({ asked }) => asked)).toEqual([1, 1, 2, 2, 2])
})

test('finds groups of keys without codes', () => {
  const finder = new GroupFinder(batchOf(['a', 5], ['b', 6], ['c', 5]), ['at'])
  expect(placesIn(finder, 'at', 0, 3)).toEqual({ places: [0, 10, 0], asked: 3 })
})
