import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { Batch, join, slice } from './batch.ts'

const Every = defineSchema(
  z.object({
    at: instant(),
    text: z.string(),
    kind: z.enum(['a', 'b', 'ü']),
    real: z.number(),
    whole: z.int(),
    small: z.int32(),
    yes: z.boolean(),
    maybe: z.string().optional(),
    kindOrNull: z.enum(['x', 'y']).nullable(),
    wholeOrNull: z.int().nullable(),
    yesOrNot: z.boolean().optional(),
    atOrNull: instant().nullable(),
  }),
  { name: 'every', time: 'at' },
)
type Every = typeof Every extends import('./batch.ts').Schema<infer T> ? T : never

const date = () => fc.date({ min: new Date(-1e14), max: new Date(1e14), noInvalidDate: true })
const row: fc.Arbitrary<Every> = fc.record(
  {
    at: date(),
    text: fc.string({ unit: 'binary' }),
    kind: fc.constantFrom('a' as const, 'b' as const, 'ü' as const),
    real: fc.double({ noNaN: true }),
    whole: fc.maxSafeInteger(),
    small: fc.integer(),
    yes: fc.boolean(),
    maybe: fc.string(),
    kindOrNull: fc.constantFrom('x' as const, 'y' as const, null),
    wholeOrNull: fc.option(fc.maxSafeInteger()),
    yesOrNot: fc.boolean(),
    atOrNull: fc.option(date()),
  },
  { requiredKeys: ['at', 'text', 'kind', 'real', 'whole', 'small', 'yes', 'kindOrNull', 'wholeOrNull', 'atOrNull'] },
)

test('rows come back as they went in', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      expect(Batch.of(Every, rows).toArray()).toEqual(rows)
    }),
  )
})

test('slices join to the whole', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), fc.nat(), (rows, seed) => {
      const batch = Batch.of(Every, rows)
      const cut = seed % (rows.length + 1)
      expect(join([slice(batch, 0, cut), slice(batch, cut, rows.length)]).toArray()).toEqual(rows)
    }),
  )
})

test.each([
  ['text', 1],
  ['text', null],
  ['text', '\ud800'],
  ['kind', 'c'],
  ['real', Number.NaN],
  ['whole', 1.5],
  ['whole', 2 ** 53],
  ['small', 2 ** 31],
  ['yes', 'true'],
  ['at', 'now'],
  ['at', new Date(Number.NaN)],
  ['maybe', null],
  ['kindOrNull', undefined],
])('a value that %s cannot hold is refused: %s', (name, value) => {
  const good = { at: new Date(0), text: '', kind: 'a', real: 0, whole: 0, small: 0, yes: true, kindOrNull: null, wholeOrNull: null, atOrNull: null }
  expect(() => Batch.of(Every, [{ ...good, [name]: value } as unknown as Every])).toThrow(`column "${name}"`)
})
