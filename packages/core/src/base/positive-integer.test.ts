import { expect, test } from 'vitest'
import { positiveInteger } from './positive-integer.ts'

test('takes a whole number from 1', () => {
  expect(positiveInteger(1, 'rows')).toBe(1)
  expect(positiveInteger(Number.MAX_SAFE_INTEGER, 'rows')).toBe(Number.MAX_SAFE_INTEGER)
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %s, naming the option', (value) => {
  expect(() => positiveInteger(value, 'rows')).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: `rows is a whole number from 1, got ${value}` }),
  )
})
