// The metadata of an Iceberg table, as the table spec names its parts ("Table Metadata Fields"), for format version 2.

/** A whole number of 63 bits: a bigint where no number holds it. */
export type Long = number | bigint

/** A type: the name of a plain one, or a nested one. Every column and every inner value has an id of its own, which it keeps when it is renamed. */
export type IcebergType = string | StructType | ListType | MapType

export interface StructType {
  readonly type: 'struct'
  readonly fields: readonly IcebergField[]
}

export interface ListType {
  readonly type: 'list'
  readonly 'element-id': number
  readonly element: IcebergType
  readonly 'element-required': boolean
}

export interface MapType {
  readonly type: 'map'
  readonly 'key-id': number
  readonly key: IcebergType
  readonly 'value-id': number
  readonly value: IcebergType
  readonly 'value-required': boolean
}

/** A column, or a member of a struct. */
export interface IcebergField {
  readonly id: number
  readonly name: string
  readonly required: boolean
  readonly type: IcebergType
  readonly doc?: string
}

export interface IcebergSchema extends StructType {
  readonly 'schema-id': number
  readonly 'identifier-field-ids'?: readonly number[]
}

export interface PartitionField {
  readonly 'source-id': number
  readonly 'field-id': number
  readonly name: string
  /** `identity`, `day`, `bucket[16]`, … */
  readonly transform: string
}

export interface PartitionSpec {
  readonly 'spec-id': number
  readonly fields: readonly PartitionField[]
}

export interface Snapshot {
  readonly 'snapshot-id': Long
  readonly 'parent-snapshot-id'?: Long | null
  readonly 'sequence-number': number
  readonly 'timestamp-ms': number
  readonly 'manifest-list': string
  readonly summary: Readonly<Record<string, string>>
  readonly 'schema-id'?: number
}

export interface SnapshotRef {
  readonly 'snapshot-id': Long
  readonly type: 'branch' | 'tag'
}

export interface TableMetadata {
  readonly 'format-version': number
  readonly 'table-uuid': string
  readonly location: string
  readonly 'last-sequence-number': number
  readonly 'last-updated-ms': number
  readonly 'last-column-id': number
  readonly 'current-schema-id': number
  readonly schemas: readonly IcebergSchema[]
  readonly 'default-spec-id': number
  readonly 'partition-specs': readonly PartitionSpec[]
  readonly 'last-partition-id': number
  readonly properties?: Readonly<Record<string, string>>
  readonly 'current-snapshot-id'?: Long | null
  readonly snapshots?: readonly Snapshot[]
  readonly 'snapshot-log'?: readonly { readonly 'snapshot-id': Long; readonly 'timestamp-ms': number }[]
  readonly 'metadata-log'?: readonly { readonly 'metadata-file': string; readonly 'timestamp-ms': number }[]
  readonly 'sort-orders': readonly { readonly 'order-id': number; readonly fields: readonly unknown[] }[]
  readonly 'default-sort-order-id': number
  readonly refs?: Readonly<Record<string, SnapshotRef>>
}

/** The branch that readers see. */
export const MAIN = 'main'

/** Returns the schema that rows are written with. */
export const currentSchema = (metadata: TableMetadata): IcebergSchema | undefined =>
  metadata.schemas.find((schema) => schema['schema-id'] === metadata['current-schema-id'])

/** Returns the id of the snapshot that readers see; null for a table without rows so far, for which some writers have -1. */
export function mainSnapshotId({ refs, 'current-snapshot-id': current }: TableMetadata): Long | null {
  const id = refs?.[MAIN]?.['snapshot-id'] ?? current ?? null
  return id === -1 ? null : id
}

/** Returns the snapshot that readers see; null for a table without rows so far. */
export function currentSnapshot(metadata: TableMetadata): Snapshot | null {
  const id = mainSnapshotId(metadata)
  return metadata.snapshots?.find((snapshot) => snapshot['snapshot-id'] === id) ?? null
}

/** Returns whether two loads of a table show the same schema and snapshot. */
export const isSameState = (a: TableMetadata, b: TableMetadata): boolean =>
  a['table-uuid'] === b['table-uuid'] && a['current-schema-id'] === b['current-schema-id'] && mainSnapshotId(a) === mainSnapshotId(b)
