import { expect, test } from 'vitest'
import type { AvroObject, AvroRecord, AvroSchema } from '../avro/avro-schema.ts'
import { readAvro } from '../avro/read-avro.ts'
import { writeAvro } from '../avro/write-avro.ts'
import { STATUS } from './manifest.ts'
import type { ManifestFile } from './manifest-list.ts'
import { entrySchema } from './manifest-schemas.ts'
import { type MergeableManifest, mergeableManifest, mergedManifest } from './merged-manifest.ts'

const head = { schema: '{}', 'schema-id': '0', 'partition-spec': '[]', 'partition-spec-id': '0', 'format-version': '2', content: 'data' }
const listed = (sequence: number, more: Partial<ManifestFile> = {}): ManifestFile => ({
  manifest_path: `m${sequence}`,
  manifest_length: 1,
  partition_spec_id: 4,
  content: 0,
  sequence_number: sequence,
  min_sequence_number: sequence,
  added_snapshot_id: 2n ** 62n + BigInt(sequence),
  added_files_count: 1,
  existing_files_count: 0,
  deleted_files_count: 0,
  added_rows_count: 1,
  existing_rows_count: 0,
  deleted_rows_count: 0,
  partitions: [],
  key_metadata: null,
  ...more,
})

/** The schema of entries as another writer has it: in another order, with descriptions and more fields. */
const theirs = ((): AvroSchema => {
  const { fields = [], ...entry } = entrySchema([])
  const file = fields.at(-1)?.type as AvroObject
  const more = [
    { name: 'referenced_data_file', type: ['null', 'string'], default: null, 'field-id': 143, doc: 'x' },
    { name: 'unknown', type: ['null', { type: 'map', values: 'double' }], 'field-id': 999 },
  ]
  return {
    ...entry,
    fields: [
      ...fields.slice(0, -1).reverse(),
      { name: 'data_file', 'field-id': 2, type: { ...file, fields: [...more, ...(file.fields ?? [])].reverse() } },
    ],
  }
})()

const data = (path: string) => ({
  content: 0,
  file_path: path,
  file_format: 'PARQUET',
  partition: {},
  record_count: 3,
  file_size_in_bytes: 10,
  column_sizes: [{ key: 1, value: 2n ** 60n }],
  value_counts: null,
  null_value_counts: null,
  nan_value_counts: [{ key: 1, value: 0 }],
  lower_bounds: [{ key: 1, value: Uint8Array.of(7) }],
  upper_bounds: null,
  key_metadata: Uint8Array.of(9),
  split_offsets: [4, 5],
  equality_ids: null,
  sort_order_id: 3,
  referenced_data_file: 'y',
  unknown: { a: 1.5 },
})
const entry = (path: string, more: object = {}) =>
  ({ status: STATUS.added, snapshot_id: null, sequence_number: null, file_sequence_number: null, data_file: data(path), ...more }) as AvroRecord
const read = (records: readonly AvroRecord[], manifest: ManifestFile, schema = theirs, more: object = {}) =>
  mergeableManifest(writeAvro(schema, records, { ...head, ...more }), manifest)

test('live files keep all that is said of them, and when they were added', () => {
  const old = { status: STATUS.existing, snapshot_id: 5, sequence_number: 2, file_sequence_number: 1 }
  const undated = { ...old, file_sequence_number: null }
  const sources = [
    read([entry('a'), entry('gone', { ...old, status: STATUS.deleted })], listed(7)),
    read([entry('b', old), entry('c', undated), entry('d', { snapshot_id: 6 })], listed(8), theirs, { schema: '{"newer":1}' }),
  ] as MergeableManifest[]
  expect(sources[0]?.kind).toBe(sources[1]?.kind)
  const merged = mergedManifest(sources, 9)
  const { records, schema, metadata } = readAvro(merged?.bytes as Uint8Array, 'm')
  expect(schema).toEqual(theirs)
  expect(Object.fromEntries(metadata)).toMatchObject({ ...head, schema: '{"newer":1}' })
  expect(records).toEqual([
    entry('a', { status: 0, snapshot_id: 2n ** 62n + 7n, sequence_number: 7, file_sequence_number: 7 }),
    entry('b', old),
    entry('c', undated),
    entry('d', { status: 0, snapshot_id: 6, sequence_number: 8, file_sequence_number: 8 }),
  ])
  expect(merged?.entry).toEqual({
    partition_spec_id: 4,
    content: 0,
    min_sequence_number: 2,
    added_snapshot_id: 9,
    added_files_count: 0,
    existing_files_count: 4,
    deleted_files_count: 0,
    added_rows_count: 0,
    existing_rows_count: 12,
    deleted_rows_count: 0,
    partitions: [],
    key_metadata: null,
  })
})

test('manifests without live files leave nothing', () => {
  const deleted = entry('a', { status: STATUS.deleted, snapshot_id: 1, sequence_number: 1, file_sequence_number: 1 })
  expect(mergedManifest([read([deleted], listed(7)), read([], listed(8))] as MergeableManifest[], 9)).toBeNull()
})

test('another Avro schema is another kind', () => {
  const kinds = [
    read([], listed(1)),
    read([], listed(1), entrySchema([])),
    read([], listed(1), entrySchema([{ 'field-id': 1000, name: 'x', type: 'int' }])),
  ]
  expect(new Set(kinds.map((one) => one?.kind)).size).toBe(3)
})

test('what cannot be merged without loss is left as it is', () => {
  const without = (id: number): AvroSchema => ({
    ...(theirs as AvroObject),
    fields: (theirs as AvroObject).fields?.filter((field) => field['field-id'] !== id) ?? [],
  })
  const uuid = { type: 'fixed', name: 'u', size: 16, logicalType: 'uuid' }
  const byUuid = JSON.parse(
    JSON.stringify(entrySchema([{ 'field-id': 1000, name: 'x', type: 'int' }])).replace(
      '["null","int"],"default":null,"field-id":1000',
      `["null",${JSON.stringify(uuid)}],"default":null,"field-id":1000`,
    ),
  ) as AvroSchema
  expect(JSON.stringify(byUuid)).toContain('uuid')
  expect(read([entry('a')], listed(1))).not.toBeNull()
  expect(read([entry('a')], listed(1), theirs, { 'format-version': '1' })).toBeNull()
  for (const id of [1, 3, 4]) expect(read([entry('a')], listed(1), without(id)), String(id)).toBeNull()
  expect(read([], listed(1), byUuid)).toBeNull()
  expect(read([entry('a', { status: STATUS.existing })], listed(1))).toBeNull()
  expect(mergeableManifest(writeAvro(theirs, [], { ...head, 'avro.codec': 'zstandard' }), listed(1))).not.toBeNull()
  expect(mergeableManifest(writeAvro(theirs, [entry('a')], { ...head, 'avro.codec': 'zstandard' }), listed(1))).toBeNull()
  expect(mergeableManifest(new Uint8Array(9), listed(1))).toBeNull()
})
