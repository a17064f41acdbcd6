import { type Schema as AnySchema, date, decimal, defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Order } from '../../../test/nested.ts'
import { fileFields, mergedSchema, newSchema, typeText } from './iceberg-schema.ts'
import type { IcebergField, IcebergSchema } from './metadata.ts'

type Rows = AnySchema<unknown>
const schemaOf = (shape: Record<string, z.ZodType>): Rows => defineSchema(z.object({ at: instant(), ...shape }), { name: 'row', time: 'at' }) as Rows
const tableOf = (shape: Record<string, z.ZodType>) => newSchema(schemaOf(shape))
const lastOf = ({ fields }: IcebergSchema) => Math.max(...fields.map(({ id }) => id))
const merged = (table: IcebergSchema, rows: Rows) => mergedSchema(table, lastOf(table), rows, 'lake.t')

test('a new table has the type of each column, and ids level by level', () => {
  const { fields } = newSchema(Order as Rows)
  expect(fields.map(({ id, name, type }) => `${id} ${name} ${typeText(type)}`)).toEqual([
    '1 at timestamptz',
    '2 id string',
    '3 user struct<id: long, name: string, address: struct<city: string, kind: string, since: date>>',
    '4 products list<struct<sku: string, price: decimal(10, 2), flags: list<boolean>>>',
    '5 counts map<string, long>',
    '6 day date',
    '7 total decimal(38, 10)',
    '8 any string',
    '9 blob binary',
    '10 note string',
    '11 payment struct<by: string, last4: string, paid: timestamptz, iban: string>',
  ])
  expect(fields.every(({ required }) => !required)).toBe(true)
  const ids: number[] = []
  JSON.stringify(fields, (key, value) => {
    if (/^(id|.*-id)$/.test(key)) ids.push(value)
    return value
  })
  expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: ids.length }, (_, i) => i + 1))
})

test('rows of the same schema change nothing; new columns come at the end with new ids, inside of nested ones too', () => {
  const table = tableOf({ a: z.string(), inner: z.object({ x: z.int() }) })
  expect(mergedSchema(table, 4, schemaOf({ a: z.string(), inner: z.object({ x: z.int() }) }), 't')).toBeNull()
  const found = mergedSchema(table, 4, schemaOf({ inner: z.object({ x: z.int(), y: z.int() }), b: z.string() }), 't')
  expect(found?.fields.map(({ id, name }) => `${id} ${name}`)).toEqual(['1 at', '2 a', '3 inner', '6 b'])
  expect(found?.fields[2]?.type).toMatchObject({
    fields: [
      { id: 4, name: 'x' },
      { id: 5, name: 'y' },
    ],
  })
  expect(found?.lastColumnId).toBe(6)
})

test('numbers are widened where Iceberg allows it, and narrower rows fit', () => {
  const wider = merged(tableOf({ n: z.int32(), d: decimal(9, 2) }), schemaOf({ n: z.int(), d: decimal(12, 2) }))
  expect(wider?.fields.map(({ id, type }) => `${id} ${type}`)).toEqual(['1 timestamptz', '2 long', '3 decimal(12, 2)'])
  expect(merged(tableOf({ n: z.int(), d: decimal(12, 2) }), schemaOf({ n: z.int32(), d: decimal(9, 2) }))).toBeNull()
  const float = tableOf({ n: z.number() })
  const narrow = { ...float, fields: float.fields.map((field) => (field.name === 'n' ? { ...field, type: 'float' } : field)) }
  expect(merged(narrow, schemaOf({ n: z.number() }))?.fields[1]?.type).toBe('double')
})

const required = (table: IcebergSchema, name: string) => ({
  ...table,
  fields: table.fields.map((field): IcebergField => (field.name === name ? { ...field, required: true } : field)),
})

test.each<[string, IcebergSchema, Rows, RegExp]>([
  ['another type', tableOf({ a: z.string() }), schemaOf({ a: z.int() }), /column "a" is string, and the rows have long: change it with mapRows/],
  ['another scale', tableOf({ a: decimal(9, 2) }), schemaOf({ a: decimal(9, 3) }), /decimal\(9, 2\)/],
  ['a type inside', tableOf({ a: z.object({ x: z.string() }) }), schemaOf({ a: z.object({ x: z.boolean() }) }), /column "a\.x" is string/],
  ['an element', tableOf({ a: z.array(z.string()) }), schemaOf({ a: z.array(date()) }), /column "a\.element" is string/],
  ['another case', tableOf({ a: z.string() }), schemaOf({ A: z.string() }), /column "a" differs from "A" in case alone/],
  ['a column that must be there', required(tableOf({ a: z.string() }), 'a'), schemaOf({}), /column "a" that may not be null, and the rows have none/],
  ['null', required(tableOf({ a: z.string() }), 'a'), schemaOf({ a: z.string().nullable() }), /column "a" may not be null/],
])('%s is refused by name', (_, table, rows, message) => {
  expect(() => merged(table, rows)).toThrow(message)
  expect(() => merged(table, rows)).toThrow(expect.objectContaining({ code: 'SCHEMA_MISMATCH' }))
})

test('files have the ids of the table, by the names of their columns, and instants in microseconds', () => {
  const table = newSchema(Order as Rows)
  const shuffled = { ...table, fields: [...table.fields].reverse() }
  const fields = fileFields(shuffled, Order.fields)
  expect(fields.slice(0, 3)).toMatchObject([{ name: 'at', id: 1, isMicros: true }, { id: 2 }, { id: 3, children: [{ name: 'id', id: 12 }, {}, {}] }])
  expect(fields[4]).toMatchObject({ name: 'counts', keyId: expect.any(Number), children: [{ id: expect.any(Number) }] })
})
