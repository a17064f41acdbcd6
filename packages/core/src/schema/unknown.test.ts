import { expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../values/instant.ts'
import { json } from '../values/json-value.ts'
import { messageKey } from '../values/message-columns.ts'
import { decodeMessages } from './decode.ts'
import { decodeValues } from './decode-values.ts'
import { defineSchema } from './define.ts'
import { isFast } from './fast-decoder/decoders.fixture.ts'

const at = '2026-11-21T12:00:00Z'
const text = (more: string) => `{"at":"${at}"${more}}`
const bytes = (value: string) => new TextEncoder().encode(value)

const shape = {
  at: instant(),
  user: z.object({ id: z.int() }).optional(),
  items: z.array(z.object({ sku: z.string() })).optional(),
  checked: z
    .object({ a: z.int() })
    .refine(() => true)
    .optional(),
}
const refused = defineSchema(z.object(shape), { name: 'refused', time: 'at', unknown: 'refuse' })

test.each([
  [',"nick":1', 'nick: unknown field'],
  [',"user":{"id":1,"nick":2}', 'user.nick: unknown field'],
  [',"items":[{"sku":"a"},{"sku":"b","price":1}]', 'items.1.price: unknown field'],
  [',"checked":{"a":1,"b":2}', 'checked.b: unknown field'],
  [',"user":{"id":"x","nick":2}', 'user.nick: unknown field; user.id: Invalid input: expected number, received string'],
  [',"a":1,"b":{}', 'a: unknown field; b: unknown field'],
])('refuse: %s names the path, by both decoders and for values', (more, reason) => {
  const message = { value: bytes(text(more)), offset: 1 }
  const expected = [`not a refused: ${reason}`]
  expect(isFast(refused, text(more))).toBe(false)
  for (const fast of [true, false]) expect(decodeMessages(refused, [message], {}, fast).rejected.map((one) => one.reason)).toEqual(expected)
  expect(decodeValues(refused, [{ value: JSON.parse(text(more)), raw: message.value, offset: 1 }]).rejected.map((one) => one.reason)).toEqual(
    expected,
  )
})

test('refuse: a message of known fields is a row, by the fast path', () => {
  const known = text(',"user":{"id":1},"items":[{"sku":"a"}],"checked":{"a":1}')
  expect(isFast(refused, known)).toBe(true)
  expect(refused.decode([{ value: bytes(known), offset: 1 }]).batch.length).toBe(1)
})

const kept = defineSchema(z.object({ ...shape, rest: json(), key: messageKey() }), { name: 'kept', time: 'at', unknown: { keep: 'rest' } })

test.each([
  ['', {}],
  [',"a":1,"b":{"c":[1.50,null]},"a":2', { a: 2, b: { c: [1.5, null] } }],
  [',"rest":{"x":1},"key":"of the value"', { rest: { x: 1 }, key: 'of the value' }],
  [',"user":{"id":1,"nick":2}', {}],
  [',"\\u0061":"\\u00e9"', { a: 'é' }],
] as const)('keep: the rest of %s, by both decoders and for values', (more, rest) => {
  const message = { value: bytes(text(more)), offset: 1, key: bytes('k') }
  for (const fast of [true, false]) expect(decodeMessages(kept, [message], {}, fast).batch.get(0)).toMatchObject({ rest, key: 'k' })
  const { value: raw, ...around } = message
  expect(decodeValues(kept, [{ ...around, value: JSON.parse(text(more)), raw }]).batch.get(0)).toMatchObject({ rest, key: 'k' })
})

test('keep: nothing of one message is left for the next one, and the fast path takes plain keys', () => {
  const messages = [text(',"a":1,"b":2'), text(''), text(',"c":3,"user":{"id":"no"}'), text(',"d":4')]
  expect(messages.map((message) => isFast(kept, message))).toEqual([true, true, false, true])
  const { batch, rejected } = kept.decode(messages.map((message, offset) => ({ value: bytes(message), offset })))
  expect([batch.toArray().map(({ rest }) => rest), rejected.map(({ offset }) => offset)]).toEqual([[{ a: 1, b: 2 }, {}, { d: 4 }], [2]])
})

test('drop is the default', () => {
  const plain = defineSchema(z.object(shape), { name: 'plain', time: 'at' })
  const dropped = defineSchema(z.object(shape), { name: 'dropped', time: 'at', unknown: 'drop' })
  for (const schema of [plain, dropped])
    expect(schema.decode([{ value: bytes(text(',"a":1,"user":{"id":1,"b":2}')), offset: 1 }]).batch.get(0)).toEqual({
      at: new Date(at),
      user: { id: 1 },
    })
})
