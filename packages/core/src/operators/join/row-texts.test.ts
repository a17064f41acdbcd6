import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { messageKey } from '../../values/message-columns.ts'
import { RowTexts } from './row-texts.ts'

const Row = defineSchema(z.object({ id: messageKey(), n: z.int().max(5), at: instant() }), { name: 'row', time: 'at' })

test('rows come back as they were, columns around the value too', () => {
  const texts = new RowTexts(Row, 'join')
  const rows = [1, 2].map((n) => ({ id: `k${n}`, n, at: new Date(n) }))
  expect(texts.read(rows.map(texts.write)).toArray()).toEqual(rows)
  expect(texts.read([]).length).toBe(0)
})

test('a row that the schema no longer takes stops the task, and says what to do', () => {
  const texts = new RowTexts(Row, 'join')
  expect(() => texts.read(['{"id":"a","n":9,"at":"1970-01-01T00:00:00.000Z"}'])).toThrow(
    expect.objectContaining({
      code: 'OPERATOR_STATE',
      message: expect.stringContaining('"join" has a row in the log that row does not take any more'),
    }),
  )
})
