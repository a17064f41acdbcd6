import { bytes, date, decimal, defineSchema, instant, json } from '@tickets/core'
import { bucket, day, yearMonthDay } from '@tickets/sinks'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { type DeltaField, type DeltaSchema, deltaSchema, mandatoryOf, mergedFields } from './delta-schema.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    text: z.string(),
    kind: z.enum(['a', 'b']),
    number: z.number(),
    whole: z.int(),
    small: z.int32(),
    yes: z.boolean(),
    on: date(),
    price: decimal(10, 2),
    raw: bytes(),
    rest: json(),
    user: z.object({ id: z.string(), tags: z.array(z.string()) }),
    counts: z.record(z.string(), z.int()),
  }),
  { name: 'row', time: 'at' },
)
const typesOf = ({ fields }: DeltaSchema) => Object.fromEntries(fields.map(({ name, type }) => [name, type]))
const column = (name: string, type: DeltaField['type'], nullable = true): DeltaField => ({ name, type, nullable, metadata: {} })

test('each kind of column has its type', () => {
  expect(typesOf(deltaSchema(Row as never, []))).toEqual({
    ...{ at: 'timestamp', text: 'string', kind: 'string', number: 'double', whole: 'long', small: 'integer', yes: 'boolean', on: 'date' },
    ...{ price: 'decimal(10,2)', raw: 'binary', rest: 'string' },
    user: {
      type: 'struct',
      fields: [column('id', 'string'), column('tags', { type: 'array', elementType: 'string', containsNull: true })],
    },
    counts: { type: 'map', keyType: 'string', valueType: 'long', valueContainsNull: true },
  })
})

test('partitions are columns: those of rows keep their place, days and buckets stand at the end', () => {
  const { fields, partitionColumns } = deltaSchema(Row as never, ['kind', day('at'), yearMonthDay('at'), bucket('kind', 4)])
  expect(partitionColumns).toEqual(['kind', 'at_date', 'year', 'month', 'day', 'kind_bucket'])
  const integers = ['year', 'month', 'day', 'kind_bucket'].map((name) => column(name, 'integer'))
  expect(fields.slice(-5)).toEqual([column('at_date', 'date'), ...integers])
  expect(fields.filter(({ name }) => name === 'kind')).toEqual([column('kind', 'string')])
})

test('names that a table cannot have are refused', () => {
  const Odd = defineSchema(z.object({ at: instant(), 'a b': z.int() }), { name: 'odd', time: 'at' })
  expect(() => deltaSchema(Odd as never, [])).toThrow('rename "a b" with mapRows')
})

const table = (...fields: DeltaField[]): DeltaSchema => ({ fields, partitionColumns: [] })
const merged = (there: DeltaSchema, rows: DeltaSchema, mandatory: string[] = []) =>
  mergedFields(
    there,
    rows,
    'data/t',
    mandatory.map((name) => ({ name }) as never),
  )

test('a table gets the columns that it lacks, behind its own', () => {
  const there = table(column('a', 'long'), column('b', 'string'))
  expect(merged(there, table(column('b', 'string')))).toBeNull()
  expect(merged(there, table(column('c', 'double'), column('a', 'long')))).toEqual([...there.fields, column('c', 'double')])
})

test.each([
  ['another type', table(column('a', 'long')), table(column('a', 'string')), /column "a" is "long", and the rows have "string"/],
  [
    'another element',
    table(column('a', { type: 'array', elementType: 'long', containsNull: false })),
    table(column('a', { type: 'array', elementType: 'string', containsNull: true })),
    /column "a" is \["array","long"\]/,
  ],
  ['another case', table(column('Id', 'long')), table(column('id', 'long')), /"Id" differs from "id" in case alone/],
  ['a column that rows may lack', table(column('a', 'long', false)), table(column('a', 'long')), /"a" may not be null, and the rows may have none/],
  ['a column that rows lack', table(column('a', 'long', false)), table(), /a column "a" that may not be null, and the rows have none/],
  ['other partitions', { ...table(column('a', 'long')), partitionColumns: ['a'] }, table(column('a', 'long')), /by a, and partitionBy gives nothing/],
])('%s is refused', (_, there, rows, message) => {
  expect(() => merged(there, rows)).toThrow(message)
})

test('a column that must be there is filled by rows that always have it, and nullability inside of columns does not matter', () => {
  expect(merged(table(column('a', 'long', false)), table(column('a', 'long')), ['a'])).toBeNull()
  const list = (containsNull: boolean) => table(column('a', { type: 'array', elementType: 'long', containsNull }))
  expect(merged(list(false), list(true))).toBeNull()
  expect(mandatoryOf(Row as never).map(({ name }) => name)).toContain('text')
})
