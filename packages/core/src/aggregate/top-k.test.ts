import { expect, test } from 'vitest'
import { mergedResultOf, resultOf } from './aggregates.fixture.ts'
import { topK } from './top-k.ts'

test('topK orders by count, then by value', () => {
  expect(resultOf(topK('v', 2), 'text', ['b', 'a', 'c', 'b', 'a', null])).toBe('[["a",2],["b",2]]')
  expect(() => topK('v', 0)).toThrow('got 0')
})

test('counts over all tasks, and writes instants as ISO 8601', () => {
  expect(mergedResultOf(topK('v', 1), 'text', [['a', 'b'], ['b']])).toBe('[["b",2]]')
  expect(resultOf(topK('v', 1), 'instant', [new Date(0)])).toBe('[["1970-01-01T00:00:00.000Z",1]]')
  expect(resultOf(topK('v', 1), 'text', [])).toBe('[]')
})
