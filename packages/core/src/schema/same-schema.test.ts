import { expect, test } from 'vitest'
import * as z from 'zod'
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
])('names the first difference: %s', (difference, other) => {
  expect(schemaDifference(row, other)).toContain(difference)
  expect(sameSchema(row, other)).toBe(false)
})
