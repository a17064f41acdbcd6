import type { AvroField, AvroObject, AvroSchema } from '../avro/avro-schema.ts'
import type { IcebergType } from '../spec/metadata.ts'
import type { PartitionColumn } from '../spec/partition-spec.ts'

// The Avro schemas of manifests and manifest lists, whose fields have ids by which readers know them (Iceberg table spec, "Manifests").

const field = (id: number, name: string, type: AvroSchema): AvroField => ({ name, type, 'field-id': id })
const optional = (id: number, name: string, type: AvroSchema): AvroField => ({ name, type: ['null', type], default: null, 'field-id': id })

/** A map whose keys are the ids of columns: Avro's own maps have texts for keys. */
const byColumn = (id: number, name: string, key: number, value: AvroSchema): AvroField =>
  optional(id, name, {
    type: 'array',
    items: { type: 'record', name: `k${key}_v${key + 1}`, fields: [field(key, 'key', 'int'), field(key + 1, 'value', value)] },
    logicalType: 'map',
  })

const listOf = (id: number, name: string, element: number, items: AvroSchema): AvroField =>
  optional(id, name, { type: 'array', items, 'element-id': element })

/** Returns a name that Avro takes; readers know a field by its id. */
export const avroName = (name: string): string =>
  name.replace(/[^A-Za-z0-9_]/g, (character) => `_x${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`).replace(/^(?=\d)/, '_')

/** Returns the Avro type of values of a partition. */
export function avroType(type: IcebergType): AvroSchema {
  switch (type) {
    case 'boolean':
    case 'int':
    case 'long':
    case 'string':
      return type
    default:
      return { type: 'int', logicalType: 'date' }
  }
}

/** Returns the values that files are divided by as members of a record. */
export const partitionFields = (columns: readonly PartitionColumn[]): AvroField[] =>
  columns.map(({ 'field-id': id, name, type }) => optional(id, avroName(name), avroType(type)))

/** Returns the schema of an entry of a manifest, for files that are divided by these values. */
export const entrySchema = (columns: readonly PartitionColumn[]): AvroObject => entrySchemaOf(partitionFields(columns))

/** Returns the same for values as a manifest of any writer has them. */
export function entrySchemaOf(partition: readonly AvroField[]): AvroObject {
  const partitions: AvroSchema = { type: 'record', name: 'r102', fields: partition }
  const file: AvroSchema = {
    type: 'record',
    name: 'r2',
    fields: [
      field(134, 'content', 'int'),
      field(100, 'file_path', 'string'),
      field(101, 'file_format', 'string'),
      field(102, 'partition', partitions),
      field(103, 'record_count', 'long'),
      field(104, 'file_size_in_bytes', 'long'),
      byColumn(108, 'column_sizes', 117, 'long'),
      byColumn(109, 'value_counts', 119, 'long'),
      byColumn(110, 'null_value_counts', 121, 'long'),
      byColumn(137, 'nan_value_counts', 138, 'long'),
      byColumn(125, 'lower_bounds', 126, 'bytes'),
      byColumn(128, 'upper_bounds', 129, 'bytes'),
      optional(131, 'key_metadata', 'bytes'),
      listOf(132, 'split_offsets', 133, 'long'),
      listOf(135, 'equality_ids', 136, 'int'),
      optional(140, 'sort_order_id', 'int'),
    ],
  }
  return {
    type: 'record',
    name: 'manifest_entry',
    fields: [
      field(0, 'status', 'int'),
      optional(1, 'snapshot_id', 'long'),
      optional(3, 'sequence_number', 'long'),
      optional(4, 'file_sequence_number', 'long'),
      field(2, 'data_file', file),
    ],
  }
}

const summary: AvroSchema = {
  type: 'record',
  name: 'r508',
  fields: [
    field(509, 'contains_null', 'boolean'),
    optional(518, 'contains_nan', 'boolean'),
    optional(510, 'lower_bound', 'bytes'),
    optional(511, 'upper_bound', 'bytes'),
  ],
}

/** The schema of a manifest list. */
export const listSchema: AvroObject & { readonly fields: readonly AvroField[] } = {
  type: 'record',
  name: 'manifest_file',
  fields: [
    field(500, 'manifest_path', 'string'),
    field(501, 'manifest_length', 'long'),
    field(502, 'partition_spec_id', 'int'),
    field(517, 'content', 'int'),
    field(515, 'sequence_number', 'long'),
    field(516, 'min_sequence_number', 'long'),
    field(503, 'added_snapshot_id', 'long'),
    field(504, 'added_files_count', 'int'),
    field(505, 'existing_files_count', 'int'),
    field(506, 'deleted_files_count', 'int'),
    field(512, 'added_rows_count', 'long'),
    field(513, 'existing_rows_count', 'long'),
    field(514, 'deleted_rows_count', 'long'),
    listOf(507, 'partitions', 508, summary),
    optional(519, 'key_metadata', 'bytes'),
  ],
}
