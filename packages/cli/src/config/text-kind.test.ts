import { instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { fromText, placeholderOf, textKindOf, unwrapped, wanted } from './text-kind.ts'
import { durationText } from './value-types.ts'

const read = (type: z.ZodType, text: string) => fromText(textKindOf('value', type), text)

test.each([
  [z.string(), ' a ', ' a '],
  [z.number(), '1_000.5', 1000.5],
  [z.int(), '-3', -3],
  [z.boolean(), 'Yes', true],
  [z.boolean(), 'off', false],
  [z.enum(['a', 'b']), ' b ', 'b'],
  [z.literal([1, 2]), '2', 2],
  [z.array(z.int()), '1, 2', [1, 2]],
  [z.array(z.string()), '', []],
  [z.union([z.int(), z.enum(['all'])]), 'all', 'all'],
  [z.union([z.int(), z.enum(['all'])]), '5', 5],
  [z.int().default(1).optional(), '5', 5],
] as const)('type %#: text %j becomes its value', (type, text, value) => {
  expect(read(type, text)).toEqual(value)
})

test.each([
  [z.number(), 'many'],
  [z.number(), '1__0'],
  [z.boolean(), 'perhaps'],
  [z.enum(['a']), 'b'],
] as const)('type %#: text %j that fits nothing stays text, so that zod refuses it', (type, text) => {
  expect(read(type, text)).toBe(text)
})

test('help and errors say what a value is', () => {
  const kinds = [z.string(), z.int(), z.number(), z.boolean(), z.enum(['a', 'b']), z.array(z.int()), instant()].map((type) => textKindOf('v', type))
  expect(kinds.map(wanted)).toEqual([
    'text',
    'a whole number',
    'a number',
    'true or false',
    'one of a, b',
    'a list with commas, each a whole number',
    'text',
  ])
  expect(kinds.map(placeholderOf)).toEqual(['text', 'number', 'number', 'true|false', 'a|b', 'number,…', 'text'])
})

test('a type that no text gives is refused by name', () => {
  expect(() => textKindOf('when', z.map(z.string(), z.string()))).toThrow('the value "when" of the configuration is a zod map')
  expect(() => textKindOf('when', z.date())).toThrow('is a zod date')
  expect(textKindOf('wait', durationText())).toMatchObject({ is: 'either' })
})

test('wrappers are looked through', () => {
  const text = z.string()
  expect([unwrapped(text.optional()), unwrapped(text.default('a')), unwrapped(text.nullable()), unwrapped(text)]).toEqual([text, text, text, null])
})
