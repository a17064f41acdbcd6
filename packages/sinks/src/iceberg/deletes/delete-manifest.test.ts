import { expect, test } from 'vitest'
import { readAvro } from '../avro/read-avro.ts'
import { liveFiles } from '../manifest/live-files.ts'
import type { ManifestFile } from '../manifest/manifest-list.ts'
import { partitionFields } from '../manifest/manifest-schemas.ts'
import { deleteManifest } from './delete-manifest.ts'
import { DELETE_COLUMNS } from './position-deletes.ts'

const schema = { type: 'struct' as const, 'schema-id': 2, fields: [{ id: 1, name: 'place', required: false, type: 'string' }] }
const columns = [{ 'field-id': 1000, name: 'my place', type: 'string' }]
const specBy = (transform: string) => ({
  spec: { 'spec-id': 3, fields: [{ 'source-id': 1, 'field-id': 1000, name: 'my place', transform }] },
  columns,
})
const file = {
  address: 'd',
  bytes: 10,
  partition: ['x'],
  deleted: [
    { address: 'a', positions: Int32Array.of(4, 7) },
    { address: 'b', positions: Int32Array.of(2) },
  ],
}

test('a manifest of deletes says in which files and rows they are', () => {
  const { bytes, entry } = deleteManifest([file], { schema, spec: specBy('identity'), fields: partitionFields(columns), snapshot: 9 })
  expect(Object.fromEntries(readAvro(bytes, 'm').metadata)).toMatchObject({ content: 'deletes', 'format-version': '2', 'partition-spec-id': '3' })
  const [live] = liveFiles(
    bytes,
    { manifest_path: 'm', sequence_number: 5, partition_spec_id: 3 } as ManifestFile,
    new Set(Object.values(DELETE_COLUMNS)),
  )
  expect(live).toMatchObject({ address: 'd', content: 1, format: 'PARQUET', sequence: 5, partition: ['x'] })
  const bound = (bounds: ReadonlyMap<number, Uint8Array> | undefined) => [
    Buffer.from(bounds?.get(DELETE_COLUMNS.path) ?? []).toString(),
    Buffer.from(bounds?.get(DELETE_COLUMNS.position) ?? []).readBigInt64LE(),
  ]
  expect([bound(live?.lower), bound(live?.upper)]).toEqual([
    ['a', 2n],
    ['b', 7n],
  ])
  expect(entry).toMatchObject({ content: 1, partition_spec_id: 3, added_files_count: 1, added_rows_count: 3, added_snapshot_id: 9 })
  expect(entry.partitions).toMatchObject([{ contains_null: false, lower_bound: Uint8Array.of(120) }])
})

test('buckets are numbers, whatever the column is', () => {
  const spec = { ...specBy('bucket[4]'), columns: [{ ...columns[0], type: 'int' } as (typeof columns)[number]] }
  const { entry } = deleteManifest([{ ...file, partition: [3] }], { schema, spec, fields: partitionFields(spec.columns), snapshot: 9 })
  expect(entry.partitions).toMatchObject([{ lower_bound: Uint8Array.of(3, 0, 0, 0) }])
})

test('of values whose order is not known nothing is said, so that readers look into the manifest', () => {
  const { entry } = deleteManifest([file], { schema, spec: specBy('truncate[3]'), fields: partitionFields(columns), snapshot: 9 })
  expect(entry.partitions).toBeNull()
})

test.each([
  ['timestamptz', 1_795_219_200_000_000],
  ['decimal(9, 2)', Uint8Array.of(1, 2)],
  ['uuid', new Uint8Array(16)],
  ['binary', Uint8Array.of(7)],
  ['double', Number.NaN],
  ['double', -0],
  ['float', 1.5],
])('of values of a %s nothing is said, since readers take a bound that is absent for nulls alone', (type, value) => {
  const spec = { ...specBy('identity'), columns: [{ 'field-id': 1000, name: 'my place', type }] }
  const avro = typeof value === 'number' ? (type === 'timestamptz' ? 'long' : type) : ('bytes' as string)
  const fields = [{ name: 'place', type: ['null', avro], default: null, 'field-id': 1000 }]
  const { entry } = deleteManifest([{ ...file, partition: [value] }], { schema, spec, fields, snapshot: 9 })
  expect(entry.partitions).toBeNull()
})
