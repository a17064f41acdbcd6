import { expect, test } from 'vitest'
import * as z from 'zod'
import { bytes } from '../../values/bytes.ts'
import { instant } from '../../values/instant.ts'
import { json } from '../../values/json-value.ts'
import { messageHeader, messageKey, messageOffset, messagePartition, messageTimestamp } from '../../values/message-columns.ts'
import { defineSchema } from '../define.ts'
import { inputOf } from './input.ts'

const All = defineSchema(
  z.object({
    key: messageKey(),
    at: messageTimestamp(),
    n: z.int(),
    trace: messageHeader('trace-id').describe('whose'),
    raw: messageHeader('raw', { as: 'bytes' }),
    offset: messageOffset(),
    part: messagePartition().max(9),
    rest: json(),
  }),
  { name: 'all', time: 'at', unknown: { keep: 'rest' } },
)

test('columns know where they come from, whatever zod adds to their types', () => {
  const { parts, own, rest } = inputOf(All)
  expect(parts.map(({ index, name, part, isChecked }) => [index, name, part.of, isChecked])).toEqual([
    [0, 'key', 'key', false],
    [1, 'at', 'timestamp', false],
    [3, 'trace', 'header', false],
    [4, 'raw', 'header', false],
    [5, 'offset', 'offset', false],
    [6, 'part', 'partition', true],
  ])
  expect([own.map(({ name }) => name), rest]).toEqual([['n'], 7])
  expect(All.needs).toEqual(['key', 'timestamp', 'headers', 'offset', 'partition'])
})

test('kinds are those of the values', () => {
  expect(All.fields.map(({ kind, nullable }) => [kind, nullable])).toEqual([
    ['string', true],
    ['instant', false],
    ['integer', false],
    ['string', true],
    ['bytes', true],
    ['integer', false],
    ['integer', false],
    ['json', false],
  ])
})

test('a schema that operators derive takes the columns from rows', () => {
  const more = All.extend('more', { own: bytes().optional() })
  expect([more.needs, inputOf(more).own.length, more.time]).toEqual([[], 9, 'at'])
  expect(inputOf({ ...All })).toBe(inputOf(All))
})

test.each([
  ['optional', { at: instant(), key: messageKey().optional() }],
  ['in an object', { at: instant(), o: z.object({ key: messageKey() }) }],
  ['in a list', { at: instant(), o: z.array(messageOffset()) }],
])('a part of the message cannot be %s', (_, shape) => {
  expect(() => defineSchema(z.object(shape as never), { name: 's', time: 'at' } as never)).toThrow(
    expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED' }),
  )
})

test.each([['all'], [{ keep: 'none' }], [{ keep: 'text' }], [{ keep: 'maybe' }], [{}], [null]])('unknown: %j is refused', (unknown) => {
  const zod = z.object({ at: instant(), text: z.string(), maybe: json().nullable() })
  expect(() => defineSchema(zod, { name: 's', time: 'at', unknown } as never)).toThrow(/unknown/)
})

test('a strict object and unknown fields that are kept or dropped contradict each other', () => {
  const zod = z.strictObject({ at: instant(), rest: json() })
  for (const unknown of ['drop', { keep: 'rest' }] as const)
    expect(() => defineSchema(zod, { name: 's', time: 'at', unknown })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  expect(inputOf(defineSchema(zod, { name: 's', time: 'at', unknown: 'refuse' })).refuses).toBe(true)
})

test('types: unknown fields go into a column of any JSON', () => {
  const zod = z.object({ at: instant(), rest: json(), n: z.int(), text: z.string() })
  defineSchema(zod, { name: 's', time: 'at', unknown: { keep: 'rest' } })
  // @ts-expect-error a number is not any JSON
  expect(() => defineSchema(zod, { name: 's', time: 'at', unknown: { keep: 'n' } })).toThrow()
  // @ts-expect-error nor is a text
  expect(() => defineSchema(zod, { name: 's', time: 'at', unknown: { keep: 'text' } })).toThrow()
  // @ts-expect-error there is no such column
  expect(() => defineSchema(zod, { name: 's', time: 'at', unknown: { keep: 'more' } })).toThrow()
})
