import { dirname } from 'node:path'
import { TicketsError } from '@tickets/core'
import type { StagedFile } from '../../files/staged.ts'
import type { AvroObject, AvroRecord, AvroValue } from '../avro/avro-schema.ts'
import { readAvro } from '../avro/read-avro.ts'
import { writeAvro } from '../avro/write-avro.ts'
import { boundOf, isBefore } from '../spec/bounds.ts'
import { exactJson } from '../spec/exact-json.ts'
import type { IcebergSchema, Long, PartitionSpec } from '../spec/metadata.ts'
import { type KnownSpec, type PartitionValue, partitionValues } from '../spec/partition-spec.ts'
import type { FileStatistics } from './file-statistics.ts'
import type { ManifestFile } from './manifest-list.ts'
import { entrySchema, partitionFields } from './manifest-schemas.ts'

const FORMAT = '2'
/** The status of an entry of a manifest. */
export const STATUS = { existing: 0, added: 1, deleted: 2 } as const

/** A file to be added, with what is known of it. */
export interface FileToAdd {
  readonly file: StagedFile
  readonly statistics: FileStatistics
}

/** A manifest that was made, and what the manifest list says of it. Its path, length and sequence numbers are known once it is written. */
export interface NewManifest {
  readonly bytes: Uint8Array
  readonly entry: Omit<ManifestFile, 'manifest_path' | 'manifest_length' | 'sequence_number' | 'min_sequence_number'> & {
    /** Absent where all its files are those of the commit. */
    readonly min_sequence_number?: number
  }
}

const byColumn = (map: Readonly<Record<string, number>>): AvroValue => Object.entries(map).map(([key, value]) => ({ key: Number(key), value }))
const bytesByColumn = (map: Readonly<Record<string, string>>): AvroValue =>
  Object.entries(map).map(([key, value]) => ({ key: Number(key), value: Uint8Array.from(Buffer.from(value, 'base64')) }))

/** Returns what the manifest list says of the values that the files are divided by. */
export function summaries({ columns }: KnownSpec, values: readonly (readonly PartitionValue[])[]): AvroValue[] {
  return columns.map(({ type }, i) => {
    const there = values.map((row) => row[i] as PartitionValue).filter((value) => value !== null)
    const least = there.reduce<PartitionValue>((a, b) => (a === null || isBefore(b, a) ? b : a), null)
    const greatest = there.reduce<PartitionValue>((a, b) => (a === null || isBefore(a, b) ? b : a), null)
    return {
      contains_null: there.length < values.length,
      contains_nan: false,
      lower_bound: boundOf(type, least),
      upper_bound: boundOf(type, greatest),
    }
  })
}

/** Returns what the head of a manifest says. */
const manifestHead = (schema: IcebergSchema, spec: PartitionSpec, content: 'data' | 'deletes'): Readonly<Record<string, string>> => ({
  schema: exactJson(schema),
  'schema-id': String(schema['schema-id']),
  'partition-spec': exactJson(spec.fields),
  'partition-spec-id': String(spec['spec-id']),
  'format-version': FORMAT,
  content,
})

/** What is said of all files that a manifest adds. */
export interface Addition {
  readonly content: 'data' | 'deletes'
  /** Of its entries. */
  readonly avro: AvroObject
  readonly schema: IcebergSchema
  readonly spec: PartitionSpec
  readonly snapshot: Long
  /** What the manifest list says of the values that the files are divided by; null where that is not known. */
  readonly partitions: AvroValue
}

/** Returns the manifest that adds files to a table, each as its entry has it. */
export function manifestOf(files: readonly AvroRecord[], { content, avro, schema, spec, snapshot, partitions }: Addition): NewManifest {
  // Both numbers are those of the commit, which is not known before it is done.
  const added = { status: STATUS.added, snapshot_id: snapshot, sequence_number: null, file_sequence_number: null }
  const entries = files.map((file): AvroRecord => ({ ...added, data_file: file }))
  return {
    bytes: writeAvro(avro, entries, manifestHead(schema, spec, content)),
    entry: {
      partition_spec_id: spec['spec-id'],
      content: content === 'data' ? 0 : 1,
      added_snapshot_id: snapshot,
      added_files_count: files.length,
      existing_files_count: 0,
      deleted_files_count: 0,
      added_rows_count: files.reduce((sum, { record_count }) => sum + Number(record_count), 0),
      existing_rows_count: 0,
      deleted_rows_count: 0,
      partitions,
      key_metadata: null,
    },
  }
}

/** Returns the manifest that adds data files to a table. */
export function addingManifest(
  files: readonly FileToAdd[],
  {
    location,
    schema,
    spec,
    snapshot,
  }: { readonly location: string; readonly schema: IcebergSchema; readonly spec: KnownSpec; readonly snapshot: Long },
): NewManifest {
  const values = files.map(({ file: { name } }) => partitionValues(name.includes('/') ? dirname(name) : '', spec.columns))
  const names = partitionFields(spec.columns).map(({ name }) => name)
  const data = files.map(({ file, statistics }, f): AvroRecord => {
    const { sizes, values: counts, nulls, lower, upper, splits } = statistics
    return {
      content: 0,
      file_path: `${location}/${file.name}`,
      file_format: 'PARQUET',
      partition: Object.fromEntries(names.map((name, i) => [name, values[f]?.[i] ?? null])),
      record_count: file.rows,
      file_size_in_bytes: file.bytes,
      column_sizes: byColumn(sizes),
      value_counts: byColumn(counts),
      null_value_counts: byColumn(nulls),
      nan_value_counts: null,
      lower_bounds: bytesByColumn(lower),
      upper_bounds: bytesByColumn(upper),
      key_metadata: null,
      split_offsets: splits,
      equality_ids: null,
      sort_order_id: null,
    }
  })
  return manifestOf(data, {
    content: 'data',
    avro: entrySchema(spec.columns),
    schema,
    spec: spec.spec,
    snapshot,
    partitions: summaries(spec, values),
  })
}

/** A manifest that takes files from a table, and how many those are. */
export interface RemovingManifest extends NewManifest {
  readonly files: number
  readonly rows: number
}

/**
 * Returns a manifest that takes from a table all files that another one has, whoever wrote it; null where it has none any more. Entries keep all that is
 * said of them, in the schema that they were written with.
 *
 * @throws `TARGET_UNUSABLE` for a manifest of format version 1
 */
export function removingManifest(bytes: Uint8Array, manifest: ManifestFile, snapshot: Long): RemovingManifest | null {
  const { schema, metadata, records } = readAvro(bytes, manifest.manifest_path)
  if ((metadata.get('format-version') ?? '1') !== FORMAT)
    throw new TicketsError(
      'TARGET_UNUSABLE',
      `${manifest.manifest_path} is a manifest of format version 1, whose files cannot be removed here: rewrite the manifests of the table with Spark (rewrite_manifests)`,
    )
  const left = records.filter(({ status }) => status !== STATUS.deleted)
  if (left.length === 0) return null
  const removed = left.map(
    (entry): AvroRecord => ({
      ...entry,
      status: STATUS.deleted,
      snapshot_id: snapshot,
      sequence_number: entry.sequence_number ?? manifest.sequence_number,
      file_sequence_number: entry.file_sequence_number ?? manifest.sequence_number,
    }),
  )
  const rows = left.reduce((sum, { data_file }) => sum + Number((data_file as AvroRecord).record_count), 0)
  const kept = [...metadata].filter(([key]) => !key.startsWith('avro.'))
  return {
    bytes: writeAvro(schema, removed, Object.fromEntries(kept)),
    files: left.length,
    rows,
    entry: {
      ...manifest,
      added_snapshot_id: snapshot,
      added_files_count: 0,
      existing_files_count: 0,
      deleted_files_count: left.length,
      added_rows_count: 0,
      existing_rows_count: 0,
      deleted_rows_count: rows,
    },
  }
}
