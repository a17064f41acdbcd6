import { expect, test } from 'vitest'
import { DAY_KEY, dateDimension, dayFields } from './date-dimension.ts'

test('a day has its key first, and may have a table of another name', () => {
  expect(dayFields[0]).toMatchObject({ name: DAY_KEY, kind: 'date', nullable: false })
  expect(dateDimension()).toEqual({ days: true })
  expect(dateDimension({ table: 'calendar' })).toEqual({ days: true, table: 'calendar' })
})
