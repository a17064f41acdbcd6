import { date, defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { anyTarget, rowTarget } from './target.ts'

const schema = defineSchema(
  z.object({
    at: instant(),
    epoch: instant({ epoch: 's' }),
    own: z.codec(z.number(), z.date(), { decode: (n) => new Date(n), encode: (d) => d.getTime() }),
    a: z.string().optional(),
    b: z.string().nullable(),
    c: z.string().nullish(),
    d: z.string().default('x'),
    list: z.array(z.object({ day: date().nullable() })),
    pay: z.discriminatedUnion('by', [
      z.object({ by: z.literal('card'), no: z.string() }),
      z.object({ by: z.literal('cash'), at: instant({ epoch: 'ms' }) }),
    ]),
  }),
  { name: 'one', time: 'at' },
)
const { members } = rowTarget(schema)
const member = (name: string) => members?.get(name)

test('columns say how a message has their times', () => {
  expect(['at', 'epoch', 'own'].map((name) => member(name)?.time)).toEqual(['iso', 's', 'own'])
})

test('columns say whether a message may be without them, and what a null becomes', () => {
  const seen = ['a', 'b', 'c', 'd', 'at'].map((name) => [member(name)?.isRequired, member(name)?.ofNull])
  expect(seen).toEqual([
    [false, 'omit'],
    [true, 'null'],
    [false, 'null'],
    [false, 'omit'],
    [true, 'null'],
  ])
})

test('nested columns have their paths', () => {
  expect(member('list')?.element?.members?.get('day')).toMatchObject({ path: 'list.element.day', kind: 'date', ofNull: 'null' })
  const pay = member('pay')?.members
  expect([...(pay?.values() ?? [])].map(({ path, isRequired, time }) => [path, isRequired, time])).toEqual([
    ['pay.by', true, undefined],
    ['pay.no', false, undefined],
    ['pay.at', false, 'ms'],
  ])
})

test('a strict object has to see unknown keys', () => {
  expect(rowTarget(schema).isStrict).toBe(false)
  expect(rowTarget(defineSchema(z.strictObject({ at: instant() }), { name: 'one', time: 'at' })).isStrict).toBe(true)
  expect(anyTarget('x')).toEqual({ path: 'x', kind: 'any', isRequired: false, ofNull: 'null' })
})
