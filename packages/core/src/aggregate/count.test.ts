import { expect, test } from 'vitest'
import { mergedResultOf, resultOf } from './aggregates.fixture.ts'
import { count, countWhere } from './count.ts'

test('counts rows, those with a null too', () => {
  expect(resultOf(count(), 'number', [1, null, 2])).toBe(3)
  expect(mergedResultOf(count(), 'number', [[1], [null], []])).toBe(2)
})

test('counts the rows that have a value, or null, in a column', () => {
  expect(resultOf(countWhere('v', 'a'), 'text', ['a', 'b', null, 'a'])).toBe(2)
  expect(resultOf(countWhere('v', null), 'text', ['a', 'b', null, 'a'])).toBe(1)
  expect(resultOf(countWhere('v', 'c'), 'text', ['a'])).toBe(0)
})
