import { expect, test } from 'vitest'
import { zodDefinition } from '../base/zod-definition.ts'
import { decimal, decimalType } from './decimal.ts'

test('zod takes text and numbers, and refuses too many digits with the limits', () => {
  const type = decimal(5, 2)
  expect([type.parse('1.5'), type.parse(-1.25)]).toEqual(['1.50', '-1.25'])
  expect(type.safeParse('1.555').error?.issues[0]?.message).toBe(
    'Invalid decimal: expected a number of at most 3 digits before and 2 behind the point',
  )
  expect(type.safeParse(true).success).toBe(false)
})

test.each([
  [0, 0],
  [39, 0],
  [5, 6],
  [5, -1],
  [1.5, 0],
])('a precision of %s and a scale of %s are refused', (precision, scale) => {
  expect(() => decimal(precision, scale)).toThrow(/of a decimal is/)
})

test('its digits are known by its transform, also in a described one', () => {
  expect(decimalType(zodDefinition(decimal(5, 2).describe('euro')).transform)).toEqual({ precision: 5, scale: 2 })
  expect(decimalType(zodDefinition(decimal(5, 2)).type)).toBe(undefined)
})
