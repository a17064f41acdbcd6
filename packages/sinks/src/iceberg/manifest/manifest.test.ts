import { expect, test } from 'vitest'
import type { AvroRecord } from '../avro/avro-schema.ts'
import { readAvro } from '../avro/read-avro.ts'
import { writeAvro } from '../avro/write-avro.ts'
import type { FileStatistics } from './file-statistics.ts'
import { addingManifest, type FileToAdd, removingManifest } from './manifest.ts'
import type { ManifestFile } from './manifest-list.ts'

const schema = { type: 'struct' as const, 'schema-id': 2, fields: [{ id: 1, name: 'place', required: false, type: 'string' }] }
const spec = {
  spec: { 'spec-id': 3, fields: [{ 'source-id': 1, 'field-id': 1000, name: 'my place', transform: 'identity' }] },
  columns: [{ 'field-id': 1000, name: 'my place', type: 'string' }],
}
const statistics: FileStatistics = {
  table: 't',
  spec: 3,
  sizes: { 1: 9 },
  values: { 1: 2 },
  nulls: { 1: 0 },
  lower: { 1: 'YQ==' },
  upper: { 1: 'Yg==' },
  splits: [4],
}
const file = (name: string, rows: number): FileToAdd => ({ file: { name, rows, bytes: rows * 10 }, statistics })
const added = () =>
  addingManifest(
    [file('my place=a/part-0.parquet', 1), file('my place=__HIVE_DEFAULT_PARTITION__/part-1.parquet', 2), file('my place=/part-2.parquet', 3)],
    {
      location: 'file:///data/t',
      schema,
      spec,
      snapshot: 2n ** 62n + 1n,
    },
  )
const listed = (entry: object): ManifestFile =>
  ({ ...entry, manifest_path: 'file:///data/t/metadata/m.avro', manifest_length: 1, sequence_number: 7, min_sequence_number: 7 }) as ManifestFile

test('a manifest adds files with their partitions and statistics, and says what is in it', () => {
  const { bytes, entry } = added()
  const { records, metadata } = readAvro(bytes, 'm')
  expect(Object.fromEntries(metadata)).toMatchObject({
    schema: JSON.stringify(schema),
    'schema-id': '2',
    'partition-spec': JSON.stringify(spec.spec.fields),
    'partition-spec-id': '3',
    'format-version': '2',
    content: 'data',
  })
  expect(records.map(({ data_file }) => (data_file as AvroRecord).partition)).toEqual([
    { my_x20place: 'a' },
    { my_x20place: null },
    { my_x20place: '' },
  ])
  expect(records[0]).toMatchObject({
    status: 1,
    snapshot_id: 2n ** 62n + 1n,
    sequence_number: null,
    data_file: {
      file_path: 'file:///data/t/my place=a/part-0.parquet',
      file_format: 'PARQUET',
      record_count: 1,
      file_size_in_bytes: 10,
      value_counts: [{ key: 1, value: 2 }],
      lower_bounds: [{ key: 1, value: Uint8Array.of(97) }],
      split_offsets: [4],
    },
  })
  expect(entry).toMatchObject({ added_files_count: 3, added_rows_count: 6, partition_spec_id: 3, added_snapshot_id: 2n ** 62n + 1n })
  expect(entry.partitions).toEqual([{ contains_null: true, contains_nan: false, lower_bound: new Uint8Array(0), upper_bound: Uint8Array.of(97) }])
})

test('a manifest that removes files has all that was said of them, and when they were added', () => {
  const { bytes, entry } = added()
  const removing = removingManifest(bytes, listed(entry), 9)
  expect(removing).toMatchObject({
    files: 3,
    rows: 6,
    entry: { deleted_files_count: 3, deleted_rows_count: 6, added_files_count: 0, added_snapshot_id: 9 },
  })
  const [before, after] = [bytes, removing?.bytes as Uint8Array].map((one) => readAvro(one, 'm'))
  expect(after?.records).toEqual(
    before?.records.map((record) => ({ ...record, status: 2, snapshot_id: 9, sequence_number: 7, file_sequence_number: 7 })),
  )
  expect([...(after?.metadata ?? [])]).toEqual([...(before?.metadata ?? [])])
  expect(removingManifest(removing?.bytes as Uint8Array, listed(entry), 10)).toBeNull()
})

test('a manifest of format version 1 is refused', () => {
  const { schema: avro, records } = readAvro(added().bytes, 'm')
  expect(() => removingManifest(writeAvro(avro, records), listed({}), 9)).toThrow(/format version 1.*rewrite_manifests/)
})
