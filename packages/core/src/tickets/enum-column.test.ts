import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { membersOf } from '../batch/columns.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { enumColumn } from './enum-column.ts'

const Row = defineSchema(z.object({ at: instant(), level: z.enum(['low', 'high']), text: z.string() }), { name: 'row', time: 'at' })
const at = new Date(0)
const batch = Batch.of(Row, [{ at, level: 'high', text: 'low' }])

test('returns the codes of an enum with its members', () => {
  const data = enumColumn(batch, 'level', 'test')
  expect([membersOf(data), [...data.values]]).toEqual([['low', 'high'], [1]])
})

test('refuses a column that is no enum, or that is not there', () => {
  expect(() => enumColumn(batch, 'text', 'highPriority')).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('highPriority takes an enum, and "text" of row is of kind string'),
    }),
  )
  expect(() => enumColumn(batch, 'nothing', 'highPriority')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
