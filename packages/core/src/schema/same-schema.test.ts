import { expect, test } from 'vitest'
import * as z from 'zod'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { defineSchema } from './define.ts'
import { sameSchema, schemaDifference } from './same-schema.ts'

const make = <S extends z.ZodRawShape>(shape: S, version = 1) =>
  defineSchema(z.object({ ...shape, at: instant() }), { name: 'row', version, time: 'at' as never })
const row = make({ id: z.string(), kind: z.enum(['a', 'b']) })

test('schemas of the same name, version and columns are the same, whoever defined them', () => {
  expect(sameSchema(row, make({ id: z.string(), kind: z.enum(['a', 'b']) }))).toBe(true)
})

test.each([
  ['name or version differ', make({ id: z.string(), kind: z.enum(['a', 'b']) }, 2)],
  ['2 columns instead of 3', make({ id: z.string() })],
  ['column 0 is "id string optional" instead of "id string"', make({ id: z.string().optional(), kind: z.enum(['a', 'b']) })],
  ['or its members differ', make({ id: z.string(), kind: z.enum(['b', 'a']) })],
  ['column 0 is "kind enum" instead of "id string"', make({ kind: z.enum(['a', 'b']), id: z.string() })],
  ['column 1 is "tags list { element number }" instead of "kind enum"', make({ id: z.string(), tags: z.array(z.number()) })],
])('names the first difference: %s', (difference, other) => {
  expect(schemaDifference(row, other)).toContain(difference)
  expect(sameSchema(row, other)).toBe(false)
})

test('nested columns are the same when all that is inside of them is', () => {
  const nested = (inner: z.ZodType) => make({ user: z.object({ inner, list: z.array(z.object({ inner })) }) })
  expect(sameSchema(nested(decimal(5, 2)), nested(decimal(5, 2)))).toBe(true)
  expect(schemaDifference(nested(decimal(5, 2)), nested(decimal(6, 2)))).toContain('inner decimal(6, 2)')
  expect(sameSchema(nested(z.enum(['a'])), nested(z.enum(['a', 'b'])))).toBe(false)
  const union = (a: z.ZodType) =>
    nested(z.discriminatedUnion('by', [z.object({ by: z.literal('a'), a }), z.object({ by: z.literal('b'), a: z.int() })]))
  expect(sameSchema(union(z.int()), union(z.int()))).toBe(true)
  expect(sameSchema(union(z.int()), union(z.int().optional()))).toBe(false)
})
