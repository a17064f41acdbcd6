import { expect, test } from 'vitest'
import { evenly, grouped, isSmall, packed } from './packing.ts'

const sizes = (...given: number[]) => given.map((size) => ({ size }))
const of = (files: readonly { readonly size: number }[]) => files.map(({ size }) => size)

test('files are put together in order, up to the size, and a larger one stands alone', () => {
  const packedBy = (target: number, ...given: number[]) => packed(sizes(...given), target, ({ size }) => size).map(of)
  expect(packedBy(9, 4, 5, 2)).toEqual([[4, 5], [2]])
  expect(packedBy(9, 1, 20, 8, 1)).toEqual([[1], [20], [8, 1]])
  expect(packedBy(9)).toEqual([])
})

test('a file that is larger than all others together is left alone, and then the next one', () => {
  expect(of(evenly(sizes(5, 4, 3)))).toEqual([5, 4, 3])
  expect(of(evenly(sizes(100, 9, 4, 4)))).toEqual([4, 4])
  expect(of(evenly(sizes(3, 1)))).toEqual([])
})

test('values are grouped by a key in the order in which they come', () => {
  expect(grouped(['b1', 'a1', 'b2'], (text) => text.slice(0, 1))).toEqual([['b1', 'b2'], ['a1']])
})

test('a file of three quarters of the target is large enough', () => {
  expect([isSmall({ size: 74 }, 100), isSmall({ size: 75 }, 100)]).toEqual([true, false])
})
