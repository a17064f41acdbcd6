import { expect, test } from 'vitest'
import { epochMillis } from './epoch.ts'

test.each([
  ['s', 1700000000, 1700000000000],
  ['s', 1700000000.123, 1700000000123],
  ['s', 1700000000.1239, 1700000000123],
  ['s', -0.001, -1],
  ['ms', 1700000000123.9, 1700000000123],
  ['us', 1700000000123999, 1700000000123],
  ['us', -1, -1],
] as const)('an epoch of %s: %s', (unit, value, ms) => {
  expect(epochMillis[unit](value)).toBe(ms)
})

test('each millisecond of a year is itself in seconds', () => {
  for (let ms = 1.7e12; ms < 1.7e12 + 31_536_000_000; ms += 7_919_113) expect(epochMillis.s(ms / 1000)).toBe(ms)
})
