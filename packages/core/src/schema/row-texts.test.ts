import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals } from '../batch/batch.ts'
import { bytes } from '../values/bytes.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { json } from '../values/json-value.ts'
import { messageKey } from '../values/message-columns.ts'
import { defineSchema } from './define.ts'
import { RowTexts } from './row-texts.ts'

const Row = defineSchema(
  z.object({
    id: messageKey(),
    at: instant(),
    n: z.number().max(5),
    maybe: z.number().nullish(),
    price: decimal(9, 2),
    raw: bytes().nullable(),
    any: json(),
    user: z.object({ seen: instant().nullable(), scores: z.array(z.number().nullable()) }),
    by: z.record(z.string(), z.number()),
    paid: z.discriminatedUnion('how', [z.object({ how: z.literal('card'), at: instant() }), z.object({ how: z.literal('cash') })]),
  }),
  { name: 'row', time: 'at' },
)
type Row = z.output<typeof Row.zod>

const row: Row = {
  id: 'k',
  at: new Date(1),
  // More than zod allows, as an operator may make it.
  n: Number.POSITIVE_INFINITY,
  maybe: -0,
  price: '1.50',
  raw: Uint8Array.of(0, 255),
  any: { at: '2026', list: [1, null] },
  user: { seen: new Date(2), scores: [1, null, Number.NEGATIVE_INFINITY] },
  by: { a: 1, b: Number.POSITIVE_INFINITY },
  paid: { how: 'card', at: new Date(3) },
}
const sparse: Row = { ...row, n: 9, raw: null, user: { seen: null, scores: [] }, by: {}, paid: { how: 'cash' } }

test('rows come back as they were, whatever zod would say of them', () => {
  const texts = new RowTexts<Row>(Row, 'join')
  const rows = Batch.of(Row, [row, sparse])
  const again = texts.read([...rows].map(texts.write))
  expect(again.toArray()).toEqual(rows.toArray())
  expect(Object.is(again.get(0).maybe, -0)).toBe(true)
  expect([...(internals.metadata(again)?.offsets ?? [])]).toEqual([0, 1])
  expect([...(internals.metadata(texts.read([texts.write(row)], [70]))?.offsets ?? [])]).toEqual([70])
  expect(texts.read([]).length).toBe(0)
})

test('a row that does not fit the columns any more stops the task, and says what to do', () => {
  const Older = defineSchema(z.object({ at: instant(), plan: z.string() }), { name: 'plan', time: 'at' })
  const Newer = defineSchema(z.object({ at: instant(), plan: z.int() }), { name: 'plan', time: 'at' })
  const text = new RowTexts(Older, 'join').write({ at: new Date(0), plan: 'gold' })
  expect(() => new RowTexts(Newer, 'join').read([text])).toThrow(
    expect.objectContaining({
      code: 'OPERATOR_STATE',
      message: expect.stringContaining('"join" has a row in the log that plan does not take any more: column "plan"'),
    }),
  )
})
