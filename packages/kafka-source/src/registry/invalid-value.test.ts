import { expect, test } from 'vitest'
import { InvalidValue, isInvalidValue, truncated } from './invalid-value.ts'

test('differs from other errors', () => {
  expect([new InvalidValue('no'), truncated(), new Error('no'), null].map(isInvalidValue)).toEqual([true, true, false, false])
})
