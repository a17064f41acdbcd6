import { expect, test } from 'vitest'
import { windowMillis } from './sizes.ts'

test('reads a size in words or milliseconds, up to a hundred years', () => {
  expect(windowMillis('90 s', 'size')).toBe(90_000)
  expect(windowMillis(1, 'gap')).toBe(1)
  expect(windowMillis('36525 days', 'size')).toBe(36_525 * 86_400_000)
})

test.each([
  [0, 'size is a duration greater than 0, got 0'],
  [-1, 'got -1'],
  ['soon', 'got "soon"'],
  [36_525 * 86_400_000 + 1, 'size is at most 100 years'],
  ['36526 days', 'got "36526 days"'],
])('refuses %j, naming the option and the value', (value, says) => {
  expect(() => windowMillis(value, 'size')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(says) }))
})
