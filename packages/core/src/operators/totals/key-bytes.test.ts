import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../../batch/batch.ts'
import { locate } from '../../batch/paths.ts'
import { defineSchema } from '../../schema/define.ts'
import type { Field } from '../../store/field.ts'
import { decimal } from '../../values/decimal.ts'
import { instant } from '../../values/instant.ts'
import { StateWriter } from './columns/state-bytes.ts'
import { keyValues, keyWriter } from './key-bytes.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    text: z.string().nullable(),
    number: z.number(),
    whole: z.int().optional(),
    small: z.int32(),
    kind: z.enum(['a', 'b']).nullable(),
    flag: z.boolean(),
    price: decimal(9, 2),
    day: z.iso.date(),
    user: z.object({ country: z.string().nullable() }),
  }),
  { name: 'row', time: 'at' },
)
type Row = z.output<typeof Row.zod>
const by = ['text', 'number', 'whole', 'small', 'kind', 'flag', 'price', 'day', 'at', 'user.country']
const fields = by.map((name) => locate(Row.fields, name)?.field as Field)

const row: fc.Arbitrary<Row> = fc.record(
  {
    at: fc.constantFrom(new Date(0), new Date(-1), new Date('2026-12-01T00:00:00.123Z')),
    text: fc.constantFrom(null, '', 'a', 'ab', 'é\u0000'),
    number: fc.constantFrom(0, -0, 0.5, 1e300, Number.POSITIVE_INFINITY),
    whole: fc.constantFrom(0, -5, Number.MAX_SAFE_INTEGER),
    small: fc.constantFrom(1, 2),
    kind: fc.constantFrom('a' as const, 'b' as const, null),
    flag: fc.boolean(),
    price: fc.constantFrom('1.00', '-2.50'),
    day: fc.constantFrom('2026-12-01', '1969-12-31'),
    user: fc.record({ country: fc.constantFrom('FR', null) }),
  },
  { requiredKeys: ['at', 'text', 'number', 'small', 'kind', 'flag', 'price', 'day', 'user'] },
)

function keysOf(rows: readonly Row[], columns: readonly string[]): Uint8Array[] {
  const write = keyWriter(Batch.of(Row, rows), columns)
  return rows.map((_, i) => {
    const out = new StateWriter()
    write(i, out)
    return out.copy()
  })
}

const valuesOf = ({ text, number, whole, small, kind, flag, price, day, at, user }: Row) => [
  ...[text, number + 0, whole, small, kind, flag, price, day, at, user.country],
]

test('gives the values of a key back', () => {
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      expect(keysOf(rows, by).map((key) => keyValues(key, fields))).toEqual(rows.map(valuesOf))
    }),
  )
})

test('equal keys are equal bytes, others are not; -0 and 0 are one, null and the empty text are two', () => {
  fc.assert(
    fc.property(row, row, (a, b) => {
      const [x, y] = keysOf([a, b], by) as [Uint8Array, Uint8Array]
      const isEqual = JSON.stringify(valuesOf(a)) === JSON.stringify(valuesOf(b)) && Object.is(a.whole, b.whole) && a.number + 0 === b.number + 0
      expect(Buffer.compare(x, y) === 0).toBe(isEqual)
    }),
  )
  const [one, other] = keysOf(
    [{ text: null }, { text: '' }].map(({ text }) => ({
      text,
      at: new Date(0),
      number: 0,
      small: 1,
      kind: null,
      flag: true,
      price: '1.00',
      day: '2026-12-01',
      user: { country: null },
    })),
    ['text'],
  )
  expect([[...(one as Uint8Array)], [...(other as Uint8Array)]]).toEqual([[0], [1, 0]])
})
