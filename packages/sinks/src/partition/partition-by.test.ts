import { expect, test } from 'vitest'
import { checkPartitionBy, day, describePartitions, yearMonthDay } from './partition-by.ts'

test('day() names its partition after the column, yearMonthDay() has three', () => {
  expect(day('created_at').as).toEqual(['created_date'])
  expect(day('when', { as: 'day' }).as).toEqual(['day'])
  expect(yearMonthDay('created_at')).toMatchObject({ as: ['year', 'month', 'day'], timeZone: 'UTC', pad: false })
})

test('a log remembers what tells datasets apart', () => {
  const described = [
    ['kind', day('at')],
    ['kind', day('at', { timeZone: 'Europe/Paris' })],
    [yearMonthDay('at')],
    [yearMonthDay('at', { pad: true })],
  ].map((by) => describePartitions(by as never))
  expect(described).toEqual([
    'kind, at_date(at)'.replace('at_date', day('at').as[0] as string),
    expect.stringContaining('Europe/Paris'),
    'year/month/day(at)',
    'year/month/day(at, pad)',
  ])
  expect(new Set(described).size).toBe(4)
})

test('what is no partition is refused', () => {
  expect(() => day('at', { timeZone: 'Mars/Base' })).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
  expect(() => yearMonthDay('at', { as: ['year'] as never })).toThrowError(/three names/)
  expect(() => day('')).toThrowError(/column of day/)
  for (const by of ['kind', [''], [null], [{}]]) expect(() => checkPartitionBy(by as never)).toThrowError(/partitionBy is a list/)
})
