import { expect, test } from 'vitest'
import { dayNumber, dayText, isDay } from './days.ts'

test.each([
  ['1970-01-01', 0],
  ['1969-12-31', -1],
  ['2024-02-29', 19_782],
  ['0000-01-01', -719_528],
  ['9999-12-31', 2_932_896],
])('%s is day %s', (text, day) => {
  expect(dayNumber(text)).toBe(day)
  expect(dayText(day)).toBe(text)
})

test.each(['2026-02-29', '2026-04-31', '2026-13-01', '2026-00-10', '2026-1-1', '2026-01-01T00:00:00Z', '+002026-01-01', 'today', ''])(
  '%j is no day',
  (text) => {
    expect(dayNumber(text)).toBe(undefined)
  },
)

test('only text has the form of a day', () => {
  expect([isDay('2026-02-30'), isDay('2026-2-3')]).toEqual([true, false])
  expect(dayNumber(20_260_101)).toBe(undefined)
})
