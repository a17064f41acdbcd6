import type { Schema } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every } from '../../../test/helpers.ts'
import { Order } from '../../../test/nested.ts'
import { bucket, day, yearMonthDay } from '../../partition/partition-by.ts'
import { newSchema } from './iceberg-schema.ts'
import type { PartitionSpec, TableMetadata } from './metadata.ts'
import { matchingSpec, newSpec, partitionValues, specById, specFields } from './partition-spec.ts'

const Rows = Every as Schema<unknown>
const table = newSchema(Rows)
const fieldsOf = (...partitionBy: Parameters<typeof specFields>[0]) => specFields(partitionBy, Rows, table)
const withSpecs = (specs: readonly PartitionSpec[], current: number) =>
  ({ schemas: [table], 'partition-specs': specs, 'default-spec-id': current }) as unknown as TableMetadata

test('columns are themselves, days are days of UTC, and buckets have their count', () => {
  expect(newSpec(fieldsOf('yes', day('at'), bucket('text', 16)))).toEqual({
    'spec-id': 0,
    fields: [
      { 'source-id': 7, 'field-id': 1000, name: 'yes', transform: 'identity' },
      { 'source-id': 1, 'field-id': 1001, name: day('at').as[0], transform: 'day' },
      { 'source-id': 2, 'field-id': 1002, name: 'text_bucket', transform: 'bucket[16]' },
    ],
  })
  const orders = newSchema(Order as Schema<unknown>)
  expect(specFields(['user.address.city'], Order as Schema<unknown>, orders).fields[0]?.['source-id']).toBeGreaterThan(11)
})

test.each([
  [yearMonthDay('at'), /use day\("at"\)/],
  [day('at', { timeZone: 'Europe/Paris' }), /those of UTC, so "at_date" may not be one of Europe\/Paris/],
])('what Iceberg has no transform for is refused', (by, message) => {
  expect(() => fieldsOf(by)).toThrow(message)
})

test('a spec that a table had before is as good as its own, and without one rows are refused', () => {
  const [byYes, byDay] = [
    { ...newSpec(fieldsOf('yes')), 'spec-id': 3 },
    { ...newSpec(fieldsOf(day('at'))), 'spec-id': 4 },
  ]
  const metadata = withSpecs([byYes, byDay], 4)
  expect(matchingSpec(metadata, fieldsOf('yes'), 't')['spec-id']).toBe(3)
  expect(matchingSpec(metadata, fieldsOf(day('at')), 't')['spec-id']).toBe(4)
  expect(() => matchingSpec(metadata, fieldsOf('small'), 'lake.t')).toThrow(
    /lake\.t is an Iceberg table by at_date \(day\), and partitionBy gives small: set partitionBy/,
  )
  expect(() => matchingSpec(metadata, fieldsOf(), 'lake.t')).toThrow(/partitionBy gives nothing/)
  expect(specById(metadata, table, 4)?.columns).toMatchObject([{ type: 'date' }])
  expect(specById(metadata, table, 3)?.columns).toMatchObject([{ type: 'boolean' }])
  const byBucket = { ...newSpec(fieldsOf(bucket('text', 16))), 'spec-id': 5 }
  expect(specById(withSpecs([byBucket], 5), table, 5)?.columns).toMatchObject([{ type: 'int' }])
  expect(() => matchingSpec(withSpecs([byBucket], 5), fieldsOf(bucket('text', 8)), 't')).toThrow(
    /by text_bucket \(bucket\[16\]\), and partitionBy gives text_bucket \(bucket\[8\]\)/,
  )
  expect([specById(metadata, table, 9), specById(metadata, { ...table, fields: [] }, 3)]).toEqual([null, null])
})

test('a folder stands for values, and tells the empty text from null', () => {
  const columns = (...types: string[]) => types.map((type, i) => ({ 'field-id': i, name: `c${i}`, type }))
  expect(partitionValues('a=true/b=-5/c=2026-11-21/d=x%2Fy', columns('boolean', 'long', 'date', 'string'))).toEqual([true, -5, 20778, 'x/y'])
  expect(partitionValues('a=__HIVE_DEFAULT_PARTITION__/b=', columns('string', 'string'))).toEqual([null, ''])
  expect(partitionValues('a=%5F_HIVE_DEFAULT_PARTITION__', columns('string'))).toEqual(['__HIVE_DEFAULT_PARTITION__'])
  expect(partitionValues('', [])).toEqual([])
})
