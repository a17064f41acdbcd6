import { expect, test } from 'vitest'
import { Accumulators } from './accumulators.ts'
import { FreshGroups } from './fresh-groups.ts'
import { PlacedRows } from './placed-rows.ts'

/** Notes each row with its place, as often as it is added, and how many come at once. */
function noting() {
  const seen: string[] = []
  const sizes: number[] = []
  const add = (_: unknown, rows: Int32Array, places: Int32Array, count: number) => {
    sizes.push(count)
    for (let j = 0; j < count; j++) seen.push(`${rows[j]}@${places[j]}`)
  }
  return { seen, sizes, add }
}
const groups = () => {
  const fresh = new FreshGroups(new Accumulators({}))
  for (let n = 0; n < 10; n++) fresh.begin()
  return fresh
}
const find = (shift: number) => (from: number, to: number, places: Int32Array, at: number) => {
  for (let i = from; i < to; i++) places[at + i - from] = (i % 5) + shift
}

test('counts each row once in each window, however many fit at once', () => {
  const { seen, sizes, add } = noting()
  const placed = new PlacedRows(groups(), add, 4)
  placed.take(find(0), 0, 3)
  placed.take(find(5), 0, 3)
  placed.take(find(0), 3, 4)
  placed.flush()
  expect(seen).toEqual(['0@0', '1@1', '2@2', '0@5', '1@6', '2@7', '3@3'])
  expect(sizes).toEqual([4, 3])
})

test('counts a batch that is larger than what is added at once', () => {
  const { seen, sizes, add } = noting()
  const placed = new PlacedRows(groups(), add, 20_000)
  placed.take(find(0), 0, 20_000)
  placed.flush()
  expect(new Set(seen).size).toBe(20_000)
  expect([seen.length, Math.max(...sizes)]).toEqual([20_000, 2048])
})

test('an empty batch has nothing to count', () => {
  const { sizes, add } = noting()
  const placed = new PlacedRows(groups(), add, 0)
  placed.take(find(0), 0, 0)
  placed.flush()
  expect(sizes).toEqual([0])
})
