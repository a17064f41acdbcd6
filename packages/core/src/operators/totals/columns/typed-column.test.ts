import { expect, test } from 'vitest'
import { flags, floats, integers, places } from './typed-column.ts'

test('grows by chunks, keeps what it holds, and begins small', () => {
  const column = floats()
  expect(column.bytes).toBe(16 * 8)
  const all = [0, 15, 16, 65_535, 65_536, 200_000]
  for (const [i, place] of all.entries()) {
    column.reserve(place)
    column.set(place, i + 0.5)
  }
  expect(all.map((place) => column.get(place))).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
  expect(column.get(65_537)).toBe(0)
  expect(column.bytes).toBe(4 * 65_536 * 8)
})

test('holds numbers as its arrays do', () => {
  const kept = [floats(), integers(), places(), flags()].map((column) => {
    column.set(3, -1)
    return column.get(3)
  })
  expect(kept).toEqual([-1, -1, 2 ** 32 - 1, 255])
})
