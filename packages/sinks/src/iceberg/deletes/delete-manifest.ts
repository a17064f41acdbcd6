import type { AvroField, AvroRecord, AvroValue } from '../avro/avro-schema.ts'
import { CONTENT } from '../manifest/live-files.ts'
import { manifestOf, type NewManifest, summaries } from '../manifest/manifest.ts'
import { entrySchemaOf } from '../manifest/manifest-schemas.ts'
import { boundOf } from '../spec/bounds.ts'
import type { IcebergSchema, Long } from '../spec/metadata.ts'
import type { KnownSpec, PartitionValue } from '../spec/partition-spec.ts'
import { DELETE_COLUMNS, type FilePositions } from './position-deletes.ts'

/** A position-delete file that was written. */
export interface DeleteFile {
  readonly address: string
  readonly bytes: number
  /** The values that the spec of its manifest divides files by. */
  readonly partition: readonly AvroValue[]
  /** What it deletes, in the order of the addresses. */
  readonly deleted: readonly FilePositions[]
}

/** Returns how many rows a file deletes. */
export const deletedRows = ({ deleted }: Pick<DeleteFile, 'deleted'>): number => deleted.reduce((sum, { positions }) => sum + positions.length, 0)

/** Returns what readers skip the file by; the addresses are whole, so that those of one data file are the same. */
function bounds(deleted: readonly FilePositions[]) {
  const least = deleted.reduce((min, { positions }) => Math.min(min, positions[0] ?? 0), Number.POSITIVE_INFINITY)
  const greatest = deleted.reduce((max, { positions }) => Math.max(max, positions.at(-1) ?? 0), 0)
  const of = (path: string | undefined, position: number) => [
    { key: DELETE_COLUMNS.path, value: boundOf('string', path ?? '') },
    { key: DELETE_COLUMNS.position, value: boundOf('long', position) },
  ]
  return { lower: of(deleted[0]?.address, least), upper: of(deleted.at(-1)?.address, greatest) }
}

/** The types whose values stand in manifests as they do in bounds, and of which none is outside of their order as NaN is. */
const BOUNDED: ReadonlySet<unknown> = new Set(['boolean', 'int', 'long', 'date', 'string'])

/**
 * Whether the least and the greatest value of partitions can be said. Readers take a bound that is absent for nulls alone, and skip the manifest: where one
 * would be absent for another reason, nothing is said, and they look into it.
 */
function hasBounds({ spec, columns }: KnownSpec, fields: readonly AvroField[]): boolean {
  const isKnown = spec.fields.every(({ transform }) => /^(identity|day|bucket\[\d+\])$/.test(transform))
  return isKnown && columns.length === fields.length && columns.every(({ type }) => BOUNDED.has(type))
}

/** Returns the manifest that adds position-delete files of one spec. Their partitions are those of the data files, under the Avro fields of these. */
export function deleteManifest(
  files: readonly DeleteFile[],
  {
    schema,
    spec,
    fields,
    snapshot,
  }: { readonly schema: IcebergSchema; readonly spec: KnownSpec; readonly fields: readonly AvroField[]; readonly snapshot: Long },
): NewManifest {
  const deletes = files.map((file): AvroRecord => {
    const { lower, upper } = bounds(file.deleted)
    return {
      content: CONTENT.positionDeletes,
      file_path: file.address,
      file_format: 'PARQUET',
      partition: Object.fromEntries(fields.map(({ name }, i) => [name, file.partition[i] ?? null])),
      record_count: deletedRows(file),
      file_size_in_bytes: file.bytes,
      lower_bounds: lower,
      upper_bounds: upper,
    }
  })
  const values = files.map(({ partition }) => partition as readonly PartitionValue[])
  const partitions = hasBounds(spec, fields) ? summaries(spec, values) : null
  return manifestOf(deletes, { content: 'deletes', avro: entrySchemaOf(fields), schema, spec: spec.spec, snapshot, partitions })
}
