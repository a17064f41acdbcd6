import { expect, test } from 'vitest'
import { durationInWords, millis, positiveMillis } from './duration.ts'

test.each([
  [0, 0],
  [1500, 1500],
  ['500ms', 500],
  ['10s', 10_000],
  ['1.5 s', 1500],
  [' 2 Minutes ', 120_000],
  ['1 hour', 3_600_000],
  ['2 hours', 7_200_000],
  ['1 day', 86_400_000],
  ['1 week', 604_800_000],
])('%j is %i milliseconds', (text, ms) => {
  expect(millis(text, 'size')).toBe(ms)
})

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '', 'soon', '10', '-1s', '0.0001s', '1 fortnight', null])(
  '%j is refused, naming the option',
  (value) => {
    expect(() => millis(value as string, 'size')).toThrow(/^size is a duration such as '10s'/)
  },
)

test('a duration that must be positive refuses 0', () => {
  expect(positiveMillis('1s', 'gap')).toBe(1000)
  expect(() => positiveMillis('0s', 'gap')).toThrow('gap is a duration greater than 0, got "0s"')
})

test.each([
  [0, '0 ms'],
  [1, '1 ms'],
  [1500, '1500 ms'],
  [1000, '1 second'],
  [90_000, '90 seconds'],
  [120_000, '2 minutes'],
  [3_600_000, '1 hour'],
  [86_400_000, '1 day'],
  [14 * 86_400_000, '14 days'],
])('%i milliseconds are %s in words', (ms, words) => {
  expect(durationInWords(ms)).toBe(words)
  expect(millis(words, 'size')).toBe(ms)
})
