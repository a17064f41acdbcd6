import { expect, test } from 'vitest'
import { calendar, dayIn, isoDay } from './days.ts'

const day = (timeZone: string, time: string) => isoDay(dayIn(timeZone)(Date.parse(time)))

test('days are those of the clocks of the zone, also where they are set forward', () => {
  expect(day('UTC', '2026-03-29T23:30:00Z')).toBe('2026-03-29')
  expect(day('Europe/Paris', '2026-03-28T22:59:59Z')).toBe('2026-03-28')
  expect(day('Europe/Paris', '2026-03-28T23:00:00Z')).toBe('2026-03-29')
  expect(day('Europe/Paris', '2026-03-29T22:00:00Z')).toBe('2026-03-30')
  expect(day('Asia/Kathmandu', '2026-01-01T18:14:59Z')).toBe('2026-01-01')
  expect(day('Asia/Kathmandu', '2026-01-01T18:15:00Z')).toBe('2026-01-02')
})

test('days before 1970 and leap days have their date', () => {
  expect(calendar(dayIn('UTC')(Date.parse('1969-12-31T23:59:59Z')))).toEqual({ year: 1969, month: 12, day: 31 })
  expect(calendar(dayIn('UTC')(Date.parse('2024-02-29T00:00:00Z')))).toEqual({ year: 2024, month: 2, day: 29 })
})
