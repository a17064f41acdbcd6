import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeIsoDay, writeIsoTime } from './iso-time.ts'
import { JsonOut } from './json-out.ts'

const written = (write: (out: JsonOut) => void): unknown => {
  const out = new JsonOut()
  write(out)
  return JSON.parse(Buffer.from(out.bytes.subarray(0, out.length)).toString())
}

test('every time is as Date writes it', () => {
  const times = fc.oneof(fc.date({ noInvalidDate: true }), fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }))
  fc.assert(
    fc.property(times, (time) => {
      expect(written((out) => writeIsoTime(out, time.getTime()))).toBe(time.toISOString())
    }),
  )
})

test('days are those of the calendar', () => {
  expect([0, -1, 20_484, -719_528].map((day) => written((out) => writeIsoDay(out, day)))).toEqual([
    '1970-01-01',
    '1969-12-31',
    '2026-01-31',
    '0000-01-01',
  ])
})

test('times and days beyond the calendar are invalid', () => {
  expect(() => writeIsoTime(new JsonOut(), 8.64e15 + 1)).toThrow('beyond the times of a Date')
  expect(() => writeIsoDay(new JsonOut(), 3_000_000)).toThrow('not of the years 0 to 9999')
  expect(() => writeIsoDay(new JsonOut(), 2 ** 31)).toThrow('not of the years 0 to 9999')
})
