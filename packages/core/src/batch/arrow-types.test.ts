import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import type { Field } from '../store/field.ts'
import { instant } from '../values/instant.ts'
import { arrowSchema, dictionaryOf } from './arrow-types.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    text: z.string().optional(),
    kind: z.enum(['a', 'é']).nullable(),
    real: z.number(),
    whole: z.int(),
    small: z.int32(),
    yes: z.boolean(),
  }),
  { name: 'row', time: 'at' },
)
const typesOf = (plain: boolean) => arrowSchema(Row, plain).fields.map(({ name, type, nullable }) => `${name} ${type}${nullable ? '?' : ''}`)

test('each kind of column has its Arrow type, and files hold enums as text', () => {
  expect(typesOf(true)).toEqual([
    'at Timestamp<MILLISECOND, UTC>',
    'text Utf8?',
    'kind Utf8?',
    'real Float64',
    'whole Int64',
    'small Int32',
    'yes Bool',
  ])
  expect(typesOf(false)[2]).toBe('kind Dictionary<Int8, Utf8>?')
})

test('a schema and a dictionary are made once', () => {
  expect(arrowSchema(Row)).toBe(arrowSchema(Row))
  expect(arrowSchema(Row, true)).not.toBe(arrowSchema(Row))
  const kind = Row.fields[2] as Field
  expect(dictionaryOf(kind)).toBe(dictionaryOf(kind))
  expect([...dictionaryOf(kind).values]).toEqual(['a', 'é'])
})

test('the codes of an enum are as narrow as its members allow', () => {
  const widthOf = (members: number) => {
    const field = {
      name: 'kind',
      kind: 'enum',
      values: Array.from({ length: members }, (_, i) => `m${i}`),
      optional: false,
      nullable: false,
    } as const
    return String(dictionaryOf(field).type.indices)
  }
  expect([widthOf(128), widthOf(129)]).toEqual(['Int8', 'Int16'])
})
