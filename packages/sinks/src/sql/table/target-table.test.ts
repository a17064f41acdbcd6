import { defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { keyOf } from './target-table.ts'

const schema = defineSchema(z.object({ id: z.string(), maybe: z.string().optional(), at: instant() }), { name: 'row', version: 1, time: 'at' })

test('the key is as given, else that of the schema', () => {
  expect(keyOf(schema, undefined, 'mysql:x/y/t')).toEqual([])
  expect(keyOf(schema, 'id', 'mysql:x/y/t')).toEqual(['id'])
  expect(keyOf(schema, ['id', 'at'], 'mysql:x/y/t')).toEqual(['id', 'at'])
})

test.each(['nothing', 'maybe', ['id', 'id']])('%j is refused as a key', (key) => {
  expect(() => keyOf(schema, key, 'mysql:x/y/t')).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
