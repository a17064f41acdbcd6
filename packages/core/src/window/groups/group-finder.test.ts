import { expect, test } from 'vitest'
import { rowsOf } from '../engine/rows.fixture.ts'
import { GroupFinder } from './group-finder.ts'
import { Keys } from './keys.ts'

/** Returns the places of all rows in one window, whose groups lie ten apart, and for how many rows a group was asked for. */
function placesIn(finder: GroupFinder, rows: number): { places: number[]; asked: number } {
  let asked = 0
  const find = finder.in(new Keys(['key']), (id) => {
    asked++
    return id * 10
  })
  return { places: Array.from({ length: rows }, (_, i) => find(i)), asked }
}

test('asks for a group once a window where keys are few', () => {
  const finder = new GroupFinder(rowsOf(['a', 'b', 'a', 'a'].map((key) => [key, 0])), ['key'])
  expect(placesIn(finder, 4)).toEqual({ places: [0, 10, 0, 0], asked: 2 })
  expect(placesIn(finder, 4)).toEqual({ places: [0, 10, 0, 0], asked: 2 })
})

test('asks row by row once tables would outgrow the batch, with the same places', () => {
  const finder = new GroupFinder(rowsOf(['few', 'few'].map((key) => [key, 0])), ['key'])
  const found = Array.from({ length: 9 }, () => placesIn(finder, 2))
  expect(found.map(({ places }) => places)).toEqual(Array.from({ length: 9 }, () => [0, 0]))
  expect(found.at(-1)?.asked).toBe(2)
})

test('finds groups of keys without codes', () => {
  const finder = new GroupFinder(
    rowsOf([
      ['a', 5],
      ['b', 6],
      ['c', 5],
    ]),
    ['at'],
  )
  const found = [0, 1, 2].map(finder.in(new Keys(['at']), (id) => id))
  expect(found).toEqual([0, 1, 0])
})
