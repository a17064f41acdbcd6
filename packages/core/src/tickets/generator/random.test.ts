import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IndexedRandom, mix32, weighted } from './random.ts'

const draws = (random: IndexedRandom, count = 5) => Array.from({ length: count }, () => random.bits())

it('draws the same numbers at the same index, whatever was drawn before', () => {
  const random = new IndexedRandom(7)
  random.seek(41)
  const expected = draws(random)
  random.seek(3)
  draws(random, 11)
  random.seek(41)
  expect(draws(random)).toEqual(expected)
  const other = new IndexedRandom(7)
  other.seek(41)
  expect(draws(other)).toEqual(expected)
})

it('draws others at each index and each seed, beyond 32 bits as well', () => {
  const seen = new Set<string>()
  const seeds = [0, 1, -1, 2 ** 32, 2 ** 32 + 1, -(2 ** 40)]
  const indexes = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 45]
  for (const seed of seeds) {
    const random = new IndexedRandom(seed)
    for (const index of indexes) {
      random.seek(index)
      seen.add(draws(random).join())
    }
  }
  expect(seen.size).toBe(seeds.length * indexes.length)
})

it('mixes 32 bits without losing any: neighbours differ in about half of them', () => {
  expect(new Set(Array.from({ length: 100_000 }, (_, i) => mix32(i))).size).toBe(100_000)
  const bits = (n: number) => (n >>> 0).toString(2).replaceAll('0', '').length
  const changed = Array.from({ length: 2000 }, (_, i) => bits(mix32(i) ^ mix32(i ^ 1)))
  expect(changed.reduce((sum, n) => sum + n, 0) / changed.length).toBeCloseTo(16, 0)
})

it('draws integers below n, each about as often', () => {
  const random = new IndexedRandom(1)
  random.seek(0)
  const drawn = Array.from({ length: 60_000 }, () => random.below(6))
  for (const n of [0, 1, 2, 3, 4, 5]) expect(Math.abs(drawn.filter((one) => one === n).length - 10_000)).toBeLessThan(500)
  expect(Array.from({ length: 9 }, () => random.below(1))).toEqual(new Array(9).fill(0))
})

it('gives every index a pair of words of its own', () => {
  const random = new IndexedRandom(5)
  const lows = new Set(Array.from({ length: 50_000 }, (_, index) => random.unique(index, 1).low))
  expect(lows.size).toBe(50_000)
  fc.assert(
    fc.property(fc.nat(2 ** 20), fc.integer({ min: 1, max: 2 ** 20 }), (index, beyond) => {
      // These share the lower 32 bits; `high` tells them apart.
      const [near, far] = [random.unique(index, 1), random.unique(index + beyond * 2 ** 32, 1)]
      expect(far.low).toBe(near.low)
      expect(far.high).not.toBe(near.high)
    }),
  )
})

it('gives another pair for another use', () => {
  const random = new IndexedRandom(5)
  expect(random.unique(3, 1)).not.toEqual(random.unique(3, 2))
})

it('fills a table in proportion to the weights, and leaves no slot to nobody', () => {
  const table = weighted([26, 38, 21, 15])
  const share = (index: number) => table.filter((slot) => slot === index).length
  expect([0, 1, 2, 3].map(share)).toEqual([67, 97, 54, 38])
  expect([...weighted([1, 0, 1])].filter((slot) => slot === 1)).toEqual([])
  expect([...weighted([3])]).toEqual(new Array(256).fill(0))
})
