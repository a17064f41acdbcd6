import { expect, test } from 'vitest'
import { mergedResultOf, resultOf } from './aggregates.fixture.ts'
import { first, last } from './first-last.ts'

test('are the values of the first and the last row by event time, nulls skipped', () => {
  const values = [null, 'b', 'a', 'c', null]
  expect([resultOf(first('v'), 'text', values), resultOf(last('v'), 'text', values)]).toEqual(['b', 'c'])
})

test('of no values are null', () => {
  expect([resultOf(first('v'), 'text', [null]), resultOf(last('v'), 'text', [])]).toEqual([null, null])
})

test('do not depend on the order of merging where two tasks tie in time and position', () => {
  for (const tasks of [
    [['b'], ['a']],
    [['a'], ['b']],
  ])
    expect([mergedResultOf(first('v'), 'text', tasks), mergedResultOf(last('v'), 'text', tasks)]).toEqual(['a', 'b'])
})
