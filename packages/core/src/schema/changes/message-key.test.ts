import { expect, test } from 'vitest'
import * as z from 'zod'
import { date } from '../../values/date.ts'
import { decimal } from '../../values/decimal.ts'
import { instant } from '../../values/instant.ts'
import { fieldsOf } from '../fields.ts'
import { keyOfMessage } from './message-key.ts'

const keyOf = (text: string, type: z.ZodType = z.string()) => keyOfMessage(Buffer.from(text), fieldsOf({ id: type })[0] ?? expect.fail())

test('reads text, JSON text, objects, and what Kafka Connect wraps', () => {
  const texts = [
    'a',
    '"a"',
    '{"id":"a"}',
    '{"other":1,"id":"a"}',
    '{"schema":{"type":"string"},"payload":"a"}',
    '{"schema":null,"payload":{"id":"a"}}',
  ]
  expect(texts.map((text) => keyOf(text))).toEqual(texts.map(() => ({ value: 'a' })))
})

test('leaves text that is no JSON of a key as it is', () => {
  const texts = ['', ' a', '42', 'true', 'null', '[1]', '{"id":', 'CLIENT_1000', '12e3']
  expect(texts.map((text) => keyOf(text))).toEqual(texts.map((value) => ({ value })))
  expect(keyOf('42', z.enum(['42']))).toEqual({ value: '42' })
  expect(keyOf('{"id":42}')).toEqual({ value: '42' })
})

test('makes numbers and booleans of text for columns of such', () => {
  expect(['42', '"42"', '{"id":42}', '{"id":"42"}', '{"payload":42}'].map((text) => keyOf(text, z.int()))).toEqual(Array(5).fill({ value: 42 }))
  expect(keyOf('-1.5e3', z.number())).toEqual({ value: -1500 })
  expect(keyOf('a', z.int())).toEqual({ value: 'a' })
  expect([keyOf('true', z.boolean()), keyOf('{"id":false}', z.boolean())]).toEqual([{ value: true }, { value: false }])
  expect(keyOf('1700000000', instant({ epoch: 's' }))).toEqual({ value: 1700000000 })
  expect(keyOf('2026-01-01T00:00:00Z', instant())).toEqual({ value: '2026-01-01T00:00:00Z' })
  expect(keyOf('2026-01-01', date())).toEqual({ value: '2026-01-01' })
})

test('keeps all digits of a decimal', () => {
  const digits = '12345678901234567890.12'
  for (const text of [digits, `{"id":${digits}}`, `{"payload":{"id":${digits}}}`]) expect(keyOf(text, decimal(22, 2))).toEqual({ value: digits })
})

test('says what is missing', () => {
  for (const text of ['{"other":1}', '{"id":null}', '{"payload":null}', '{"payload":{}}', '{}'])
    expect(keyOf(text)).toEqual({ issue: 'the key of the message has no "id"' })
  expect(keyOfMessage(Uint8Array.of(0xff), fieldsOf({ id: z.string() })[0] ?? expect.fail())).toEqual({
    issue: 'the key of the message is not valid UTF-8',
  })
})
