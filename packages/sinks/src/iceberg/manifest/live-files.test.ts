import { expect, test } from 'vitest'
import type { AvroSchema } from '../avro/avro-schema.ts'
import { writeAvro } from '../avro/write-avro.ts'
import { CONTENT, liveFiles } from './live-files.ts'
import type { ManifestFile } from './manifest-list.ts'
import { entrySchema } from './manifest-schemas.ts'

const manifest = { manifest_path: 'm', sequence_number: 9, partition_spec_id: 3 } as ManifestFile
const data = (path: string, more: object = {}) => ({
  content: 0,
  file_path: path,
  file_format: 'parquet',
  partition: { place: 'x', day: 7 },
  record_count: 1,
  file_size_in_bytes: 1,
  null_value_counts: [
    { key: 1, value: 0 },
    { key: 2, value: 0 },
  ],
  lower_bounds: [
    { key: 1, value: Uint8Array.of(1) },
    { key: 2, value: Uint8Array.of(2) },
  ],
  ...more,
})

test('returns the files that are not deleted, the sequence number that one inherits, and the bounds of the columns that are asked for', () => {
  const schema = entrySchema([
    { 'field-id': 1000, name: 'place', type: 'string' },
    { 'field-id': 1001, name: 'day', type: 'date' },
  ])
  const files = liveFiles(
    writeAvro(schema, [
      { status: 1, data_file: data('a') },
      { status: 0, sequence_number: 4, data_file: data('b', { content: 2, partition: { place: null, day: null } }) },
      { status: 2, sequence_number: 4, data_file: data('gone') },
    ]),
    manifest,
    new Set([1, 9]),
  )
  expect(files).toMatchObject([
    { address: 'a', content: CONTENT.data, format: 'PARQUET', rows: 1, sequence: 9, spec: 3, partition: ['x', 7] },
    { address: 'b', content: CONTENT.equalityDeletes, sequence: 4, partition: [null, null] },
  ])
  expect(files[0]?.nulls).toEqual(new Map([[1, 0]]))
  expect(files[0]?.lower).toEqual(new Map([[1, Uint8Array.of(1)]]))
  // A part of what was read would keep all of it in memory.
  expect(files[0]?.lower.get(1)?.buffer.byteLength).toBe(1)
  expect(files[0]?.upper).toEqual(new Map())
  expect(files[0]?.partitionFields.map(({ name }) => name)).toEqual(['place', 'day'])
})

test('reads entries under other names, and those of format version 1, which have no sequence numbers', () => {
  const schema: AvroSchema = {
    type: 'record',
    name: 'entry',
    fields: [
      { name: 'state', type: 'int', 'field-id': 0 },
      {
        name: 'file',
        'field-id': 2,
        type: {
          type: 'record',
          name: 'r2',
          fields: [
            { name: 'location', type: 'string', 'field-id': 100 },
            { name: 'format', type: 'string', 'field-id': 101 },
            { name: 'partition', type: { type: 'record', name: 'r102', fields: [] }, 'field-id': 102 },
          ],
        },
      },
    ],
  }
  const bytes = writeAvro(schema, [{ state: 1, file: { location: 'a', format: 'ORC', partition: {} } }])
  expect(liveFiles(bytes, { ...manifest, sequence_number: 0 }, new Set())).toMatchObject([
    { address: 'a', format: 'ORC', content: 0, sequence: 0, partition: [] },
  ])
})
