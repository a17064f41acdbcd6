import { expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../base/instant.ts'
import { fieldsOf } from './fields.ts'

test.each([
  [z.string(), 'string'],
  [z.uuid(), 'string'],
  [z.number(), 'number'],
  [z.number().int(), 'integer'],
  [z.int(), 'integer'],
  [z.uint32(), 'integer'],
  [z.int32(), 'int32'],
  [z.boolean(), 'boolean'],
  [z.enum(['a']), 'enum'],
  [instant(), 'instant'],
] as const)('column %#: a zod type has its kind', (type, kind) => {
  expect(fieldsOf({ c: type })).toMatchObject([{ name: 'c', kind, optional: false, nullable: false }])
  expect(fieldsOf({ c: z.optional(type) })).toMatchObject([{ kind, optional: true, nullable: false }])
  expect(fieldsOf({ c: z.nullable(type) })).toMatchObject([{ kind, optional: false, nullable: true }])
})

test('an enum has its members once, in their order', () => {
  expect(fieldsOf({ c: z.enum({ one: 'b', two: 'a', three: 'b' }) })[0]?.values).toEqual(['b', 'a'])
})

test.each([
  [z.date(), 'use instant()'],
  [z.bigint(), 'use z.int()'],
  [z.string().nullish(), 'choose z.optional() or z.nullable()'],
  [z.object({}), 'flatten it'],
  [z.array(z.string()), 'flatten it'],
  [z.literal('a'), 'use z.enum'],
  [z.string().default('a'), 'make the column optional'],
  [z.string().transform(Number), 'use instant() for times'],
  [z.coerce.number(), 'zod coerced number'],
  [z.enum({ one: 1 }), 'zod enum of numbers'],
] as const)('type %#: one without a column is refused with what to use', (type, advice) => {
  expect(() => fieldsOf({ wrong: type })).toThrow('field "wrong" is a zod')
  expect(() => fieldsOf({ wrong: type })).toThrow(advice)
})

test('a schema has a column at least, and no name begins with a byte order mark', () => {
  expect(() => fieldsOf({})).toThrow('at least one column')
  expect(() => fieldsOf({ '\ufeffid': z.string() })).toThrow('the name of column "id" begins with U+FEFF')
})
