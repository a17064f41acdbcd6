import { expect, test } from 'vitest'
import { Bounds } from './bounds.ts'

const boundsOf = (values: readonly (string | number | boolean | null)[], isOrdered?: boolean) => {
  const bounds = new Bounds(isOrdered)
  for (const value of values) bounds.add(value)
  return bounds
}

test('a file may have a value between the bounds of its own, those included', () => {
  const bounds = boundsOf([5, 3, 9])
  expect([bounds.mayMeet(9, 20), bounds.mayMeet(-1, 3), bounds.mayMeet(4, 6)]).toEqual([true, true, true])
  expect([bounds.mayMeet(10, 20), bounds.mayMeet(-1, 2)]).toEqual([false, false])
  expect([bounds.mayMeet(undefined, 2), bounds.mayMeet(10, undefined), bounds.mayMeet(undefined, undefined)]).toEqual([false, false, true])
})

test('a file between two values has neither of them, as long as they are few', () => {
  expect(boundsOf([1, 9]).mayMeet(2, 8)).toBe(false)
  const many = Array.from({ length: 1001 }, (_, i) => 10 * i)
  expect([boundsOf(many.slice(1)).mayMeet(11, 19), boundsOf(many).mayMeet(11, 19)]).toEqual([false, true])
})

test('texts are in the order of their UTF-8, which is not that of JavaScript', () => {
  const bounds = boundsOf(['\u{1f600}'])
  expect('\u{1f600}' < '\uff5e').toBe(true)
  expect([bounds.mayMeet('a', '\uff5e'), bounds.mayMeet('\uff5e', '\u{1f601}')]).toEqual([false, true])
})

test('null is a value like any other', () => {
  expect([boundsOf([null]).mayMeet(1, 2), boundsOf([null]).mayMeet(1, 2, false), boundsOf([null, 5]).mayMeet(1, 5, false)]).toEqual([
    true,
    false,
    true,
  ])
  expect(boundsOf([]).mayMeet(1, 2)).toBe(false)
})

test.each([
  ['another kind of bound', () => boundsOf([5]).mayMeet('6', '7')],
  ['no finite number', () => boundsOf([5]).mayMeet(Number.NaN, Number.POSITIVE_INFINITY)],
  ['values of two kinds', () => boundsOf([5, 'NaN']).mayMeet(6, 7)],
  ['values without an order', () => boundsOf(['12.5'], false).mayMeet('2', '3')],
  ['truths', () => boundsOf([true]).mayMeet(false, false)],
])('nothing is left out by %s', (_, may) => expect(may()).toBe(true))
