import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ascendingIn, ascendingText, compactText, numbersIn } from './compact-numbers.ts'

test('gives every number back, in few characters', () => {
  const number = fc.oneof(fc.nat(40), fc.nat(), fc.constantFrom(31, 32, 1023, 1024, 2 ** 31 - 1))
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      expect([...numbersIn(compactText(Int32Array.from(numbers)))]).toEqual(numbers)
    }),
  )
  expect(compactText(Int32Array.of(0, 1, 31, 32, 1023, 1024))).toBe('ABfgB/fggB')
  expect(compactText(Int32Array.of(2 ** 31 - 1))).toHaveLength(7)
})

test('gives different numbers in ascending order back, one character each where they are close', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.oneof(fc.nat(40), fc.nat())), (numbers) => {
      const ascending = numbers.sort((a, b) => a - b)
      expect([...ascendingIn(ascendingText(Int32Array.from(ascending)))]).toEqual(ascending)
    }),
  )
  expect(ascendingText(Int32Array.of(2, 3, 36))).toBe('CAgB')
})
