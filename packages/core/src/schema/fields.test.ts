import { expect, test } from 'vitest'
import * as z from 'zod'
import { bytes } from '../values/bytes.ts'
import { date } from '../values/date.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { json } from '../values/json-value.ts'
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

test.each([
  [date(), { kind: 'date' }],
  [date().describe('of birth'), { kind: 'date' }],
  [z.iso.date(), { kind: 'string' }],
  [decimal(10, 2), { kind: 'decimal', precision: 10, scale: 2 }],
  [json(), { kind: 'json' }],
  [bytes(), { kind: 'bytes' }],
  [instant({ epoch: 's' }), { kind: 'instant' }],
  [z.literal('a'), { kind: 'enum', values: ['a'] }],
  [z.literal([1, 2]), { kind: 'integer' }],
  [z.literal(0.5), { kind: 'number' }],
  [z.literal(true), { kind: 'boolean' }],
  [z.union([z.string(), z.int()]), { kind: 'json' }],
  [z.object({ a: z.int().optional() }), { kind: 'struct', children: [{ name: 'a', kind: 'integer', optional: true }] }],
  [z.array(z.string().nullable()), { kind: 'list', children: [{ name: 'element', kind: 'string', nullable: true }] }],
  [z.record(z.string(), z.boolean()), { kind: 'map', children: [{ name: 'value', kind: 'boolean' }] }],
] as const)('column %#: a nested or exact type has its kind', (type, field) => {
  expect(fieldsOf({ c: type })).toMatchObject([{ name: 'c', optional: false, nullable: false, ...field }])
  expect(fieldsOf({ c: z.nullish(type) })).toMatchObject([{ optional: true, nullable: true, ...field }])
  expect(fieldsOf({ c: z._default(z.nullable(type), null as never) })).toMatchObject([{ optional: false, nullable: true, ...field }])
})

test('a default has a value in every row, and an optional one with a default may be absent', () => {
  expect(fieldsOf({ a: z.string().default('x'), b: z.string().default('x').optional(), c: z.string().optional().default('x') })).toMatchObject([
    { name: 'a', optional: false },
    { name: 'b', optional: true },
    { name: 'c', optional: false },
  ])
})

test('an error names the path of a nested member', () => {
  expect(() => fieldsOf({ a: z.object({ b: z.array(z.bigint()) }) })).toThrow('field "a.b.element" is a zod bigint')
})

test('an enum has its members once, in their order', () => {
  expect(fieldsOf({ c: z.enum({ one: 'b', two: 'a', three: 'b' }) })[0]?.values).toEqual(['b', 'a'])
})

test.each([
  [z.date(), 'use instant()'],
  [z.bigint(), 'use z.int()'],
  [z.object({}), 'without members'],
  [z.looseObject({ a: z.string() }), 'its unknown keys have no column'],
  [z.object({ constructor: z.string() }), 'every object inherits that name'],
  [z.array(z.string().optional()), 'JSON has no absent element'],
  [z.record(z.enum(['a']), z.int()), 'use z.record(z.string(), …)'],
  [z.tuple([z.string()]), 'use z.array() or json()'],
  [z.unknown(), 'use json()'],
  [z.literal([1, 'a']), 'all texts, all numbers or all booleans'],
  [z.literal(null), 'all texts, all numbers or all booleans'],
  [z.union([z.string(), z.object({ a: z.int() })]), 'use z.discriminatedUnion() for objects'],
  [z.discriminatedUnion('n', [z.object({ n: z.literal(1) }), z.object({ n: z.literal(2) })]), 'which is no text'],
  [
    z.discriminatedUnion('n', [z.object({ n: z.literal('a'), v: z.int() }), z.object({ n: z.literal('b'), v: z.string() })]),
    'whose "v" has several types',
  ],
  [z.string().transform(Number), 'use instant() for times'],
  [z.coerce.number(), 'zod coerced number, which has no column: use z.number(), or coerce in `from` and make rows with `map`'],
  [z.coerce.date(), 'use instant(), or coerce in `from`'],
  [z.coerce.bigint(), 'use z.int(), or coerce in `from`'],
  [z.enum({ one: 1 }), 'zod enum of numbers'],
] as const)('type %#: one without a column is refused with what to use', (type, advice) => {
  expect(() => fieldsOf({ wrong: type })).toThrow('field "wrong" is a zod')
  expect(() => fieldsOf({ wrong: type })).toThrow(advice)
})

test('a schema has a column at least, and no name begins with a byte order mark', () => {
  expect(() => fieldsOf({})).toThrow('at least one column')
  expect(() => fieldsOf({ '\ufeffid': z.string() })).toThrow('the name of column "id" begins with U+FEFF')
})
