import type { KeyedRange } from './deletes/keyed-range.ts'
import { writeDeletes } from './deletes/write-deletes.ts'
import { addingManifest, type FileToAdd } from './manifest/manifest.ts'
import { mergeSettings } from './manifest/merge-plan.ts'
import type { SnapshotFiles } from './manifest/snapshot-files.ts'
import type { Counts } from './snapshot.ts'
import { currentSchema, currentSnapshot, type IcebergSchema, type Long, type TableMetadata } from './spec/metadata.ts'
import type { KnownSpec } from './spec/partition-spec.ts'

/** A range on its way to a table. */
export interface RangeToAdd {
  readonly added: readonly FileToAdd[]
  /** The same range where its rows replace others by their keys; null where each is added. */
  readonly keyed: KeyedRange | null
  /** Whether many small manifests become one on the way. */
  readonly merges: boolean
}

/** A range and the table behind whose snapshot it is added. */
export interface RangeAndTable extends RangeToAdd {
  readonly name: string
  readonly metadata: TableMetadata
  /** Of the new snapshot. */
  readonly id: Long
  /** The files of the range by the specs that divide them. */
  readonly groups: readonly { readonly schema: IcebergSchema; readonly spec: KnownSpec; readonly files: readonly FileToAdd[] }[]
}

/** The files of a snapshot that adds a range. */
export interface WrittenRange {
  /** The address of the list of its manifests. */
  readonly list: string
  readonly paths: readonly string[]
  readonly counts: Counts
  readonly deletes: Counts
}

/** Writes the manifests of a snapshot that adds a range, and what it deletes where it has keys. */
export async function writeRange(files: SnapshotFiles, range: RangeAndTable): Promise<WrittenRange> {
  const { metadata, id, groups, keyed, merges, name } = range
  const listed = await files.manifestsOf(currentSnapshot(metadata))
  const changes = await keyed?.changes({
    name,
    metadata,
    specs: new Map(groups.map(({ spec }) => [spec.spec['spec-id'], spec])),
    files: (columns, known) => files.filesIn(listed, columns, known),
    location: files.location,
    read: (address) => files.read(address),
  })
  const added = new Set(changes?.added ?? range.added)
  const schema = currentSchema(metadata) as IcebergSchema
  const deletes = await writeDeletes(changes?.deletes ?? [], { files, metadata, schema, snapshot: id })
  const manifests = groups
    .map((group) => ({ ...group, files: group.files.filter((file) => added.has(file)) }))
    .filter((group) => group.files.length > 0)
    .map((group) => addingManifest(group.files, { location: files.location, schema: group.schema, spec: group.spec, snapshot: id }))
  const { added: merged, kept } = merges ? await files.merge(listed, mergeSettings(metadata.properties), id) : { added: [], kept: listed }
  const list = await files.write(metadata, id, [...manifests, ...deletes.manifests, ...merged], kept)
  const sum = (count: (file: FileToAdd) => number) => [...added].reduce((total, file) => total + count(file), 0)
  return {
    list: list.address,
    paths: [...deletes.paths, ...list.paths],
    counts: { files: added.size, rows: sum(({ file }) => file.rows), bytes: sum(({ file }) => file.bytes) },
    deletes: deletes.counts,
  }
}
