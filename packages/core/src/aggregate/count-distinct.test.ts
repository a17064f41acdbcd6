import { expect, test } from 'vitest'
import { mergedResultOf, resultOf } from './aggregates.fixture.ts'
import { countDistinct } from './count-distinct.ts'

test('an approximate count is exact when small, and within three standard errors in at least 97 of 100 trials', () => {
  expect(
    resultOf(
      countDistinct('v', { approximate: true }),
      'text',
      Array.from({ length: 2000 }, (_, i) => `k${i % 500}`),
    ),
  ).toBe(500)
  let near = 0
  for (let trial = 0; trial < 100; trial++) {
    const n = 1000 + trial * 311
    const got = resultOf(
      countDistinct('v', { approximate: true }),
      'text',
      Array.from({ length: n }, (_, i) => `CLIENT_${trial}_${i}`),
    ) as number
    if (Math.abs(got - n) <= n * 0.016 * 3) near++
  }
  expect(near).toBeGreaterThanOrEqual(97)
})

test.each([false, true])('counts equal values once, over all tasks, and no nulls (approximate: %s)', (approximate) => {
  const agg = countDistinct('v', { approximate })
  expect(mergedResultOf(agg, 'text', [['a', null, 'b'], ['b', 'c'], []])).toBe(3)
  expect(
    mergedResultOf(agg, 'instant', [
      [new Date(1), null],
      [new Date(1), new Date(2)],
    ]),
  ).toBe(2)
  expect(resultOf(agg, 'number', [])).toBe(0)
})
