import { expect, test } from 'vitest'
import { mergedResultOf, resultOf } from './aggregates.fixture.ts'
import { mean } from './mean.ts'

test('is the sum over the count of the values that are there, and null of none', () => {
  expect(resultOf(mean('v'), 'number', [null])).toBe(null)
  expect(resultOf(mean('v'), 'number', [1, null, 2])).toBe(1.5)
})

test('weighs each value alike, however they are split over tasks', () => {
  expect(mergedResultOf(mean('v'), 'number', [[1], [2, 3, null], []])).toBe(2)
})

test('is finite though the sum of the values is too large for a double', () => {
  const largest = Number.MAX_VALUE
  expect(resultOf(mean('v'), 'number', [largest, largest])).toBe(largest)
  expect(
    mergedResultOf(mean('v'), 'number', [
      [largest, largest],
      [-largest / 2, largest],
    ]),
  ).toBe((largest / 8) * 5)
  expect(resultOf(mean('v'), 'number', [-largest, -largest, 0, 0])).toBe(-largest / 2)
})
