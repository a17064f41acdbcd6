import { expect, test } from 'vitest'
import { readAvro } from '../avro/read-avro.ts'
import { writeAvro } from '../avro/write-avro.ts'
import { type ManifestFile, manifestList, readManifestList } from './manifest-list.ts'

const manifest: ManifestFile = {
  manifest_path: 'file:///data/t/metadata/m.avro',
  manifest_length: 1234,
  partition_spec_id: 0,
  content: 0,
  sequence_number: 4,
  min_sequence_number: 3,
  added_snapshot_id: 3051729675574597004n,
  added_files_count: 1,
  existing_files_count: 2,
  deleted_files_count: 3,
  added_rows_count: 4,
  existing_rows_count: 5,
  deleted_rows_count: 6,
  partitions: [{ contains_null: false, contains_nan: null, lower_bound: Uint8Array.of(1), upper_bound: null }],
  key_metadata: null,
}

test('a manifest list is read as it was written, and says which snapshot it is of', () => {
  const bytes = manifestList([manifest, { ...manifest, partitions: null }], { snapshot: 3051729675574597005n, parent: null, sequence: 9 })
  expect(readManifestList(bytes, 'x')).toEqual([manifest, { ...manifest, partitions: null }])
  expect(Object.fromEntries(readAvro(bytes, 'x').metadata)).toMatchObject({
    'snapshot-id': '3051729675574597005',
    'parent-snapshot-id': 'null',
    'sequence-number': '9',
    'format-version': '2',
  })
})

test('a list of another writer is read by the ids of its parts, and numbers that it lacks are 0', () => {
  const field = (id: number, name: string, type: unknown) => ({ name, type, 'field-id': id }) as never
  const theirs = {
    type: 'record',
    name: 'manifest_file',
    fields: [
      field(503, 'added_snapshot_id', ['null', 'long']),
      field(500, 'manifest_path', 'string'),
      field(501, 'manifest_length', 'long'),
      field(502, 'partition_spec_id', 'int'),
      field(504, 'added_data_files_count', ['null', 'int']),
      field(507, 'partitions', ['null', { type: 'array', items: { type: 'record', name: 'r508', fields: [field(509, 'has_null', 'boolean')] } }]),
      field(999, 'more', 'string'),
    ],
  }
  const record = {
    added_snapshot_id: 1,
    manifest_path: 'p',
    manifest_length: 2,
    partition_spec_id: 3,
    added_data_files_count: 4,
    partitions: [{ has_null: true }],
    more: 'x',
  }
  expect(readManifestList(writeAvro(theirs, [record]), 'x')).toEqual([
    {
      manifest_path: 'p',
      manifest_length: 2,
      partition_spec_id: 3,
      content: 0,
      sequence_number: 0,
      min_sequence_number: 0,
      added_snapshot_id: 1,
      added_files_count: 4,
      existing_files_count: 0,
      deleted_files_count: 0,
      added_rows_count: 0,
      existing_rows_count: 0,
      deleted_rows_count: 0,
      partitions: [{ contains_null: true, contains_nan: null, lower_bound: null, upper_bound: null }],
      key_metadata: null,
    },
  ])
})
