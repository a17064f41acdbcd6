import { expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../../values/instant.ts'
import { json } from '../../values/json-value.ts'
import { messageKey, messageTimestamp } from '../../values/message-columns.ts'
import { defineSchema } from '../define.ts'

test('columns that do not come from the value are no part of a message', () => {
  const schema = defineSchema(z.object({ at: messageTimestamp(), key: messageKey(), n: z.int(), rest: json() }), {
    name: 's',
    time: 'at',
    unknown: { keep: 'rest' },
  }).jsonSchema()
  expect(schema).toMatchObject({ properties: { n: { type: 'integer' } }, required: ['n'] })
  expect(Object.keys(schema.properties as object)).toEqual(['n'])
})

test('refused fields are refused at every depth', () => {
  const zod = z.object({ at: instant(), user: z.object({ id: z.string() }) })
  expect(defineSchema(zod, { name: 's', time: 'at', unknown: 'refuse' }).jsonSchema()).toMatchObject({
    additionalProperties: false,
    properties: { user: { additionalProperties: false } },
  })
  expect(defineSchema(zod, { name: 's', time: 'at' }).jsonSchema()).not.toHaveProperty('additionalProperties')
})

test('a message of another type has the schema of that type', () => {
  const schema = defineSchema(z.object({ at: instant() }), {
    name: 's',
    time: 'at',
    from: z.object({ ms: z.number() }),
    map: ({ ms }) => ({ at: new Date(ms) }),
  })
  expect(schema.jsonSchema()).toMatchObject({ properties: { ms: { type: 'number' } }, required: ['ms'] })
})
