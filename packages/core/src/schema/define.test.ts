import { expect, test } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { bytes } from '../values/bytes.ts'
import { date } from '../values/date.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { json } from '../values/json-value.ts'
import { messageKey, messageTimestamp } from '../values/message-columns.ts'
import { defineSchema, makeSchema, rowSchema } from './define.ts'
import { messageText } from './message-text.ts'

const Ping = defineSchema(z.object({ id: z.uuid(), at: instant() }), { name: 'ping', time: 'at' })

test('a schema has the columns of its zod object, in their order', () => {
  expect(Ping).toMatchObject({ name: 'ping', version: 1, time: 'at', keys: [] })
  expect(Ping.fields.map(({ name, kind }) => [name, kind])).toEqual([
    ['id', 'string'],
    ['at', 'instant'],
  ])
})

test('zod/mini makes the same schema', () => {
  const Mini = defineSchema(mini.object({ id: mini.uuid(), at: instant() }), { name: 'ping', time: 'at' })
  expect(Mini.fields).toEqual(Ping.fields)
})

test('extending adds columns, and replaces those of the same name', () => {
  const More = Ping.extend('pong', { id: z.int(), note: z.string().optional() })
  expect(More.name).toBe('pong')
  expect(More.fields.map(({ name, kind, optional }) => [name, kind, optional])).toEqual([
    ['id', 'integer', false],
    ['at', 'instant', false],
    ['note', 'string', true],
  ])
  expect(Ping.fields).toHaveLength(2)
})

test('the JSON Schema is that of the message, where an instant is text', () => {
  expect(Ping.jsonSchema()).toMatchObject({ type: 'object', required: ['id', 'at'], properties: { at: { type: 'string', format: 'date-time' } } })
})

test('the JSON Schema of nested and exact columns is that of the message', () => {
  const Order = defineSchema(
    z.object({
      at: instant({ epoch: 'ms' }),
      day: date(),
      sum: decimal(10, 2),
      any: json(),
      blob: bytes(),
      user: z.object({ id: z.int(), tags: z.array(z.string()) }),
      state: z.string().default('new'),
    }),
    { name: 'order', time: 'at' },
  )
  expect(Order.jsonSchema()).toMatchObject({
    required: ['at', 'day', 'sum', 'any', 'blob', 'user'],
    properties: {
      at: { type: 'number' },
      day: { type: 'string', format: 'date' },
      sum: { type: ['string', 'number'] },
      any: {},
      blob: { type: 'string', contentEncoding: 'base64' },
      user: { type: 'object', properties: { tags: { type: 'array', items: { type: 'string' } } } },
      state: { default: 'new' },
    },
  })
})

test.each([
  ['a name with a blank', { name: 'a b', time: 'at' }, 'letters, digits, _ and - only, got "a b"'],
  ['version 0', { name: 'a', version: 0, time: 'at' }, 'a whole number from 1, got 0'],
  ['a time that is text', { name: 'a', time: 'id' }, 'a column made with instant(), neither optional nor nullable, got "id"'],
  ['a time that may be absent', { name: 'a', time: 'later' }, 'got "later"'],
])('%s is refused', (_what, options, message) => {
  expect(() => makeSchema(z.object({ id: z.string(), at: instant(), later: instant().optional() }), options, [])).toThrow(message)
})

test('only an object without unknown keys becomes a schema', () => {
  expect(() => makeSchema(z.string(), { name: 'a', time: null }, [])).toThrow(
    'made from a zod object, got a zod string: define the columns as an object, and read other messages with `from` and `map`',
  )
  expect(() => makeSchema(z.union([z.object({ a: z.int() }), z.object({ b: z.int() })]), { name: 'a', time: null }, [])).toThrow(
    'got a zod union: define the columns as an object, and read other messages with `from` and `map`, or give the object a member that is a z.discriminatedUnion()',
  )
  expect(() => makeSchema(z.looseObject({ at: instant() }), { name: 'a', time: 'at' }, [])).toThrow('a loose object keeps unknown keys')
  expect(makeSchema(z.strictObject({ at: instant() }), { name: 'a', time: 'at' }, []).fields).toHaveLength(1)
})

test('messages that are rows have all columns in their value', () => {
  const Click = defineSchema(z.object({ at: messageTimestamp(), key: messageKey(), n: z.int(), rest: json() }), {
    name: 'click',
    time: 'at',
    unknown: { keep: 'rest' },
  })
  const Row = rowSchema(Click)
  expect([Row === rowSchema(Click), Row.name, Row.time, Row.needs]).toEqual([true, 'click', 'at', []])
  const row = { at: new Date(5), key: 'k', n: 1, rest: { a: 1 } }
  const value = new TextEncoder().encode(messageText(Click)(row))
  expect(Row.decode([{ value, offset: 0, key: null }]).batch.toArray()).toEqual([row])
  const Plain = defineSchema(z.object({ at: instant() }), { name: 'plain', time: 'at', unknown: 'refuse' })
  expect(rowSchema(Plain)).toBe(Plain)
  const own: typeof Click = { ...Click, decode: (messages) => Click.decode(messages) }
  expect(rowSchema(own)).toBe(own)
})
