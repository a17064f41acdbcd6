import { expect, test } from 'vitest'
import * as z from 'zod'
import { json } from '../../values/json-value.ts'
import { fieldsOf } from '../fields.ts'
import { hasUnknown, unknownFields } from './unknown-fields.ts'

const fields = fieldsOf({
  id: z.string(),
  user: z.object({ name: z.string(), tags: z.array(z.object({ t: z.string() })).optional() }),
  by: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('card'), last4: z.string() }),
    z.object({ kind: z.literal('iban'), iban: z.string() }),
  ]),
  many: z.record(z.string(), z.object({ n: z.int() })),
  any: json(),
})

test('fields of objects, lists, records and variants are found by their paths', () => {
  const value = {
    id: 'a',
    nick: 1,
    user: { name: 'x', age: 3, tags: [{ t: 'a' }, { t: 'b', u: 1 }] },
    by: { kind: 'card', last4: '1', iban: 'of the other variant' },
    many: { a: { n: 1 }, b: { n: 1, m: 2 } },
    any: { what: 'ever' },
  }
  expect(unknownFields(value, fields).map((path) => path.join('.'))).toEqual(['nick', 'user.age', 'user.tags.1.u', 'by.iban', 'many.b.m'])
})

test('what has another shape than its column is for zod to refuse', () => {
  for (const value of [null, [], 'x', { user: 1, by: [], many: null }, { by: { kind: 'none', iban: 'x', last4: 'y' } }])
    expect(unknownFields(value, fields)).toEqual([])
})

test('ten are named, of any number', () => {
  expect(unknownFields(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${i}`, i])), fields)).toHaveLength(10)
})

test('names that every object inherits are unknown too', () => {
  expect(unknownFields(JSON.parse('{"__proto__":1,"constructor":2}'), fields)).toEqual([['__proto__'], ['constructor']])
})

test('one column may be asked for alone', () => {
  const user = fields[1] as (typeof fields)[number]
  expect([hasUnknown({ name: 'x' }, user), hasUnknown({ name: 'x', age: 1 }, user), hasUnknown(null, user)]).toEqual([false, true, false])
})
