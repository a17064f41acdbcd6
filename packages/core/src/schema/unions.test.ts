import { expect, test } from 'vitest'
import * as z from 'zod'
import { fieldsOf } from './fields.ts'
import { literalType } from './unions.ts'

test('literals of one type are a column of it', () => {
  expect(literalType('c', ['a', 'b', 'a'])).toEqual({ kind: 'enum', values: ['a', 'b'] })
  expect(literalType('c', [1, 2])).toEqual({ kind: 'integer', values: [] })
  expect(literalType('c', [1, 0.5])).toEqual({ kind: 'number', values: [] })
  expect(literalType('c', [true])).toEqual({ kind: 'boolean', values: [] })
  for (const values of [[], [1, 'a'], [null], [undefined]]) expect(() => literalType('c', values)).toThrow('all texts, all numbers or all booleans')
})

test('a union of plain types is JSON', () => {
  expect(fieldsOf({ c: z.union([z.string(), z.int(), z.null()]) })).toMatchObject([{ kind: 'json' }])
  expect(() => fieldsOf({ c: z.union([z.string(), z.date()]) })).toThrow('union with a date')
  expect(() => fieldsOf({ c: z.union([z.string(), z.object({ a: z.int() })]) })).toThrow('union with an object')
})

test('a discriminated union is a struct of its discriminator and the members of all variants', () => {
  const type = z.discriminatedUnion('by', [
    z.object({ by: z.literal('card'), last4: z.string(), holder: z.string().nullable() }),
    z.object({ by: z.literal(['iban', 'sepa']), holder: z.string().optional() }),
  ])
  const [field] = fieldsOf({ c: type })
  expect(field?.children?.map(({ name, kind, values, optional, nullable }) => [name, kind, values, optional, nullable])).toEqual([
    ['by', 'enum', ['card', 'iban', 'sepa'], false, false],
    ['last4', 'string', [], true, false],
    ['holder', 'string', [], true, true],
  ])
  expect(field?.variants?.map((members) => members.map(({ name, optional, nullable }) => [name, optional, nullable]))).toEqual([
    [
      ['last4', false, false],
      ['holder', false, true],
    ],
    [['holder', true, false]],
    [['holder', true, false]],
  ])
})
