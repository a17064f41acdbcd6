import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { KeyedRow, keyedRow } from '../../../test/keyed-rows.ts'
import { written } from '../../../test/written.ts'
import { type TableKey, tableKey } from '../../keyed/table-key.ts'
import { RangeKeys } from '../../upserts/range-keys.ts'
import type { LiveFile } from '../manifest/live-files.ts'
import { boundOf } from '../spec/bounds.ts'
import { newSchema } from '../spec/iceberg-schema.ts'
import type { TableMetadata } from '../spec/metadata.ts'
import { columnsOfKey, constantsOf, mayHaveKeys } from './key-columns.ts'

const schema = newSchema(KeyedRow)
const fields = [
  { 'source-id': 2, 'field-id': 1000, name: 'id', transform: 'identity' },
  { 'source-id': 3, 'field-id': 1001, name: 'place_3', transform: 'truncate[3]' },
]
const metadata = { schemas: [schema], 'current-schema-id': 0, 'partition-specs': [{ 'spec-id': 0, fields }] } as unknown as TableMetadata
const key = tableKey(KeyedRow, { key: ['id', 'place'] }, 't') as TableKey
const columns = columnsOfKey(metadata, key, 't')
const file = (more: Partial<LiveFile> = {}): LiveFile => ({
  address: 'a',
  content: 0,
  format: 'PARQUET',
  rows: 9,
  sequence: 1,
  spec: 0,
  partition: ['x', 'y'],
  partitionFields: [],
  nulls: new Map(),
  lower: new Map(),
  upper: new Map(),
  ...more,
})

test('key columns are known by name, and refused where files may have them under another name', () => {
  expect([...columns].map(([name, { id }]) => [name, id])).toEqual([
    ['id', 2],
    ['place', 3],
  ])
  const before = (change: (name: string) => string) => ({
    ...metadata,
    schemas: [{ ...schema, 'schema-id': 1, fields: schema.fields.map((field) => ({ ...field, name: change(field.name) })) }, schema],
  })
  const refused = expect.objectContaining({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(/"id" of the Iceberg table t/) })
  expect(() =>
    columnsOfKey(
      before((name) => (name === 'id' ? 'key' : name)),
      key,
      't',
    ),
  ).toThrow(refused)
  const swapped = before((name) => (name === 'id' ? 'n' : name === 'n' ? 'id' : name))
  expect(() => columnsOfKey(swapped, key, 't')).toThrow(refused)
  expect(
    columnsOfKey(
      before((name) => (name === 'n' ? 'number' : name)),
      key,
      't',
    ).size,
  ).toBe(2)
  const revised = { ...key, revision: 'revision' }
  expect([...columnsOfKey(metadata, revised, 't').keys()]).toEqual(['id', 'place', 'revision'])
})

test('a file is left out where its bounds have none of the keys', async () => {
  const bytes = written(KeyedRow, [Batch.of(KeyedRow, [keyedRow('m', 1), keyedRow('p', 2)])])
  const range = await RangeKeys.read(key, [{ read: async () => bytes }])
  const withIds = (least: string, greatest: string, nulls = 0) =>
    file({
      nulls: new Map([[2, nulls]]),
      lower: new Map([[2, boundOf('string', least) as Uint8Array]]),
      upper: new Map([[2, boundOf('string', greatest) as Uint8Array]]),
    })
  const may = (one: LiveFile) => mayHaveKeys(one, range, columns)
  expect([may(file()), may(withIds('a', 'm')), may(withIds('n', 'p')), may(withIds('p', 'z'))]).toEqual([true, true, true, true])
  expect(may(withIds('n', 'o')), 'a file between two keys has neither').toBe(false)
  expect([may(withIds('a', 'l')), may(withIds('q', 'z')), may(withIds('q', 'z', 1))]).toEqual([false, false, false])
})

test('values that files are divided by are those of the column in all rows', () => {
  expect([...constantsOf(file(), columns, metadata)]).toEqual([['id', 'x']])
  expect([...constantsOf(file({ partition: [null, 'y'] }), columns, metadata)]).toEqual([['id', null]])
  expect([...constantsOf(file({ spec: 7 }), columns, metadata)]).toEqual([])
})
