import { createHash } from 'node:crypto'
import { isTicketsError } from '@tickets/core'
import { type AvroField, type AvroObject, type AvroRecord, type Names, namesIn, resolved } from '../avro/avro-schema.ts'
import { type AvroFile, readAvro } from '../avro/read-avro.ts'
import { writeAvro } from '../avro/write-avro.ts'
import type { Long } from '../spec/metadata.ts'
import { type NewManifest, STATUS } from './manifest.ts'
import type { ManifestFile } from './manifest-list.ts'
import { combinedSummaries, comparisons } from './partition-summaries.ts'

/** A manifest that may be merged with others of its kind, and its entries. */
export interface MergeableManifest {
  readonly manifest: ManifestFile
  /** Two manifests of one kind have the same Avro schema, so that nothing that one says has no place in the other. */
  readonly kind: string
  readonly file: AvroFile
}

/** Returns the members of a record whose type may be referred to by its name. */
const fieldsOf = (field: AvroField | undefined, names: Names): readonly AvroField[] =>
  field ? ((resolved(field.type, names) as AvroObject).fields ?? []) : []

const byId = (fields: readonly AvroField[], id: number) => fields.find((field) => field['field-id'] === id)

/** Returns how the bounds of partitions are compared; null where that is not known. */
function orders({ schema }: AvroFile) {
  const names = namesIn(schema)
  const entry = (resolved(schema, names) as AvroObject).fields ?? []
  return comparisons(fieldsOf(byId(fieldsOf(byId(entry, 2), names), 102), names), names)
}

/** The names of what changes in an entry, by their ids. */
const CHANGING = [
  [0, 'status'],
  [1, 'snapshot_id'],
  [3, 'sequence_number'],
  [4, 'file_sequence_number'],
] as const

/**
 * Reads a manifest that is to be merged, whoever wrote it. Returns null for one that has to be left as it is: of format version 1, in a codec that is not
 * read here, or with partitions whose order is not known.
 */
export function mergeableManifest(bytes: Uint8Array, manifest: ManifestFile): MergeableManifest | null {
  try {
    const file = readAvro(bytes, manifest.manifest_path)
    const fields = (file.schema as AvroObject).fields ?? []
    const isKnown = file.metadata.get('format-version') === '2' && CHANGING.every(([id, name]) => byId(fields, id)?.name === name)
    // Entries of files that were added before have the sequence number of that time, or nobody knows it.
    const isDated = file.records.every((entry) => entry.status === STATUS.added || entry.sequence_number !== null)
    if (!isKnown || !isDated || !orders(file)) return null
    return {
      manifest,
      kind: createHash('sha256')
        .update(file.metadata.get('avro.schema') ?? '')
        .digest('base64'),
      file,
    }
  } catch (error) {
    if (isTicketsError(error, 'TARGET_UNUSABLE')) return null
    throw error
  }
}

/** Returns a manifest with the live files of several of one kind, the oldest first; null where they have none. All that is said of a file is kept. */
export function mergedManifest(sources: readonly MergeableManifest[], snapshot: Long): NewManifest | null {
  const live = sources.flatMap(({ manifest, file }) =>
    file.records
      .filter(({ status }) => status !== STATUS.deleted)
      .map((entry): AvroRecord => {
        // What a commit adds has no numbers in its manifest: they are those that the list says of the manifest.
        const isAdded = entry.status === STATUS.added
        return {
          ...entry,
          status: STATUS.existing,
          snapshot_id: entry.snapshot_id ?? manifest.added_snapshot_id,
          sequence_number: entry.sequence_number ?? manifest.sequence_number,
          file_sequence_number: entry.file_sequence_number ?? (isAdded ? manifest.sequence_number : null),
        }
      }),
  )
  const newest = sources.at(-1)
  const compare = newest && orders(newest.file)
  if (!newest || !compare || live.length === 0) return null
  const { schema, metadata } = newest.file
  const rows = live.reduce((sum, { data_file }) => sum + Number((data_file as AvroRecord).record_count), 0)
  return {
    bytes: writeAvro(schema, live, Object.fromEntries([...metadata].filter(([key]) => !key.startsWith('avro.')))),
    entry: {
      partition_spec_id: newest.manifest.partition_spec_id,
      content: newest.manifest.content,
      min_sequence_number: live.reduce((least, { sequence_number }) => Math.min(least, Number(sequence_number)), Number.POSITIVE_INFINITY),
      added_snapshot_id: snapshot,
      added_files_count: 0,
      existing_files_count: live.length,
      deleted_files_count: 0,
      added_rows_count: 0,
      existing_rows_count: rows,
      deleted_rows_count: 0,
      partitions: combinedSummaries(
        sources.map(({ manifest }) => manifest.partitions),
        compare,
      ),
      key_metadata: null,
    },
  }
}
