import type { AvroField, AvroObject, AvroRecord, AvroValue } from '../avro/avro-schema.ts'
import { readAvro } from '../avro/read-avro.ts'
import { writeAvro } from '../avro/write-avro.ts'
import type { Long } from '../spec/metadata.ts'
import { listSchema } from './manifest-schemas.ts'

/** What a manifest list says of a manifest. */
export interface ManifestFile {
  readonly manifest_path: string
  readonly manifest_length: number
  readonly partition_spec_id: number
  /** 0: data files; 1: files that say which rows are deleted. */
  readonly content: number
  readonly sequence_number: number
  readonly min_sequence_number: number
  readonly added_snapshot_id: Long
  readonly added_files_count: number
  readonly existing_files_count: number
  readonly deleted_files_count: number
  readonly added_rows_count: number
  readonly existing_rows_count: number
  readonly deleted_rows_count: number
  readonly partitions: AvroValue
  readonly key_metadata: Uint8Array | null
}

/** The members of a record, and of records inside of lists, by their ids under our names: writers before 1.0 had others. */
function renamed(record: AvroRecord, theirs: readonly AvroField[], ours: readonly AvroField[]): AvroRecord {
  return Object.fromEntries(
    ours.map(({ name, type, 'field-id': id }) => {
      const field = theirs.find((one) => one['field-id'] === id)
      const value = field ? (record[field.name] ?? null) : null
      const [theirItem, ourItem] = [itemFields(field?.type), itemFields(type)]
      if (Array.isArray(value) && theirItem && ourItem)
        return [name, (value as readonly AvroRecord[]).map((item) => renamed(item, theirItem, ourItem))]
      return [name, value]
    }),
  )
}

/** Returns the members of the records of a list that may be null. */
function itemFields(type: unknown): readonly AvroField[] | null {
  const list = (Array.isArray(type) ? type : [type]).find((one) => (one as AvroObject | undefined)?.type === 'array') as AvroObject | undefined
  return (list?.items as AvroObject | undefined)?.fields ?? null
}

/** Numbers that lists of format version 1 lack, or may lack. */
const counts = [
  'content',
  'sequence_number',
  'min_sequence_number',
  'added_files_count',
  'existing_files_count',
  'deleted_files_count',
  'added_rows_count',
  'existing_rows_count',
  'deleted_rows_count',
]

/** Reads a manifest list, whoever wrote it. */
export function readManifestList(bytes: Uint8Array, place: string): ManifestFile[] {
  const { schema, records } = readAvro(bytes, place)
  return records.map((record) => {
    const found = renamed(record, (schema as AvroObject).fields ?? [], listSchema.fields)
    const filled = Object.fromEntries(counts.filter((name) => found[name] === null).map((name) => [name, 0]))
    return { ...found, ...filled } as AvroRecord & ManifestFile
  })
}

/** Returns the manifest list of a snapshot. */
export function manifestList(
  manifests: readonly ManifestFile[],
  { snapshot, parent, sequence }: { readonly snapshot: Long; readonly parent: Long | null; readonly sequence: number },
): Uint8Array {
  return writeAvro(listSchema, manifests as readonly (ManifestFile & AvroRecord)[], {
    'snapshot-id': String(snapshot),
    'parent-snapshot-id': String(parent),
    'sequence-number': String(sequence),
    'format-version': '2',
  })
}
