import { expect, test } from 'vitest'
import { bucket, checkPartitionBy, day, describePartitions, yearMonthDay } from './partition-by.ts'

test('day() and bucket() name their partition after the column, yearMonthDay() has three', () => {
  expect(day('created_at').as).toEqual(['created_date'])
  expect(day('when', { as: 'day' }).as).toEqual(['day'])
  expect(bucket('client_id', 16)).toEqual({ by: 'bucket', column: 'client_id', as: ['client_id_bucket'], count: 16 })
  expect(bucket('client_id', 1, { as: 'shard' }).as).toEqual(['shard'])
  expect(yearMonthDay('created_at')).toMatchObject({ as: ['year', 'month', 'day'], timeZone: 'UTC', pad: false })
})

test('a log remembers what tells datasets apart', () => {
  const described = [
    ['kind', day('at')],
    ['kind', day('at', { timeZone: 'Europe/Paris' })],
    [yearMonthDay('at')],
    [yearMonthDay('at', { pad: true })],
    [bucket('kind', 16)],
    [bucket('kind', 8)],
  ].map((by) => describePartitions(by as never))
  expect(described).toEqual([
    'kind, at_date(at)'.replace('at_date', day('at').as[0] as string),
    expect.stringContaining('Europe/Paris'),
    'year/month/day(at)',
    'year/month/day(at, pad)',
    'kind_bucket(kind, 16)',
    'kind_bucket(kind, 8)',
  ])
  expect(new Set(described).size).toBe(6)
})

test('what is no partition is refused', () => {
  expect(() => day('at', { timeZone: 'Mars/Base' })).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
  expect(() => yearMonthDay('at', { as: ['year'] as never })).toThrowError(/three names/)
  expect(() => day('')).toThrowError(/column of day/)
  expect(() => bucket('', 4)).toThrowError(/column of bucket/)
  for (const count of [0, -1, 1.5, Number.NaN, 2 ** 31, '4', undefined])
    expect(() => bucket('kind', count as never)).toThrowError(/count of bucket\(\) is a whole number from 1 to 2147483647, such as 16, got/)
  for (const by of ['kind', [''], [null], [{}]]) expect(() => checkPartitionBy(by as never)).toThrowError(/partitionBy is a list/)
})
