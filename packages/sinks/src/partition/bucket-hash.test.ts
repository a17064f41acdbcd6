import { Batch, bytes, date, decimal, defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { hashAt } from './bucket-hash.ts'
import { columnAt } from './column.ts'

const Value = defineSchema(
  z.object({
    at: instant(),
    int: z.int32(),
    long: z.int(),
    price: decimal(9, 2),
    wide: decimal(38, 0),
    day: date(),
    text: z.string(),
    kind: z.enum(['other', 'iceberg']),
    blob: bytes(),
  }),
  { name: 'value', time: 'at' },
)
const value = {
  at: new Date('2017-11-16T22:31:08Z'),
  int: 34,
  long: 34,
  price: '14.20',
  wide: '-1',
  day: '2017-11-16',
  text: 'iceberg',
  kind: 'iceberg' as const,
  blob: Uint8Array.of(0, 1, 2, 3),
}

const hashes = (name: string, values: readonly unknown[]) => {
  const rows = values.map((one) => ({ ...value, [name]: one }))
  const at = Value.fields.findIndex((field) => field.name === name)
  const field = Value.fields[at]
  if (!field) throw new Error(`no column ${name}`)
  const hash = hashAt(field, columnAt(Batch.of(Value, rows), at))
  return rows.map((_, row) => hash(row))
}

// Iceberg table spec, appendix B, "32-bit Hash Requirements".
test.each([
  ['int', 2017239379],
  ['long', 2017239379],
  ['price', -500754589],
  ['day', -653330422],
  ['at', -2047944441],
  ['text', 1210000089],
  ['kind', 1210000089],
  ['blob', -188683207],
] as const)('the value of "%s" in the specification of Iceberg has the hash that stands there', (name, hash) => {
  expect(hashes(name, [value[name], value[name]])).toEqual([hash, hash])
})

// test/readers/iceberg-buckets.ci.ts compares such values with pyiceberg.
test('negative and large values are hashed with all of their bits', () => {
  expect(hashes('int', [-1])).toEqual(hashes('long', [-1]))
  expect(new Set(hashes('long', [-1, -2, 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 32, -(2 ** 32)])).size).toBe(6)
  expect(new Set(hashes('at', [new Date('9999-12-31T23:59:59.999Z'), new Date('9999-12-31T23:59:59.998Z'), new Date(-1)])).size).toBe(3)
  expect(new Set(hashes('wide', ['127', '128', '-128', '-129', '0', '-1', `-${'9'.repeat(38)}`, '9'.repeat(38)])).size).toBe(8)
})
