import { expect, it } from 'vitest'
import { Rates } from './rates.ts'

const HOUR = 3_600_000

/** The rates that there are, of steps that ended before `now`. */
const shown = (rates: Rates, now: number) => rates.view(now).rates.filter((rate) => rate !== null)

it('spreads rows over the time in which they came', () => {
  const rates = new Rates()
  rates.add(150, HOUR, HOUR + 15_000)
  expect(shown(rates, HOUR + 15_000)).toEqual([10, 10, 10])
  rates.add(50, HOUR + 12_500, HOUR + 17_500)
  expect(shown(rates, HOUR + 20_000)).toEqual([10, 10, 15, 5])
})

it('begins with the first row, and has no rate before', () => {
  const rates = new Rates()
  expect(rates.view(HOUR)).toEqual({ from: HOUR - 600_000, step: 5_000, rates: Array.from({ length: 120 }, () => null) })
  rates.add(5, HOUR, HOUR)
  expect(rates.view(HOUR + 10_000).rates.slice(-3)).toEqual([null, 1, 0])
})

it('keeps ten minutes, however long the rows took', () => {
  const rates = new Rates()
  rates.add(7_200, 0, 2 * HOUR)
  const all = shown(rates, 2 * HOUR)
  expect([all.length, new Set(all.slice(1)).size, all.at(-1)]).toEqual([119, 1, 1])
})

it('returns the rate of the last minute, or since the first row', () => {
  const rates = new Rates()
  expect(rates.recent(HOUR)).toBe(0)
  rates.add(100, HOUR, HOUR + 10_000)
  expect(rates.recent(HOUR + 10_000)).toBe(10)
  expect(rates.recent(HOUR + 30_000)).toBeCloseTo(100 / 30)
  expect(rates.recent(HOUR + 120_000)).toBe(0)
})

it('copies what it has', () => {
  const rates = new Rates()
  rates.add(50, HOUR, HOUR + 5_000)
  const copy = rates.copy()
  copy.add(50, HOUR, HOUR + 5_000)
  expect([shown(rates, HOUR + 5_000), shown(copy, HOUR + 5_000)]).toEqual([[10], [20]])
})
