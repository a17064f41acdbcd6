import { compareTexts } from '@tickets/core'
import type { NewManifest } from '../manifest/manifest.ts'
import type { SnapshotFiles } from '../manifest/snapshot-files.ts'
import type { IcebergSchema, Long, TableMetadata } from '../spec/metadata.ts'
import { type KnownSpec, specById } from '../spec/partition-spec.ts'
import { type DeleteFile, deletedRows, deleteManifest } from './delete-manifest.ts'
import type { PartitionDeletes } from './keyed-range.ts'
import { positionDeletes } from './position-deletes.ts'

/** Position deletes that were written for one snapshot. */
export interface WrittenDeletes {
  readonly manifests: readonly NewManifest[]
  readonly paths: readonly string[]
  readonly counts: { readonly files: number; readonly rows: number; readonly bytes: number }
}

/** Returns a spec by which files of the table are divided, whatever became of its columns. */
function specOf(metadata: TableMetadata, schema: IcebergSchema, id: number): KnownSpec {
  const found = metadata['partition-specs'].find((spec) => spec['spec-id'] === id)
  return specById(metadata, schema, id) ?? { spec: found ?? { 'spec-id': id, fields: [] }, columns: [] }
}

/** Writes the deletes of a range: a file of each partition, and a manifest of each spec. */
export async function writeDeletes(
  deletes: readonly PartitionDeletes[],
  {
    files,
    metadata,
    schema,
    snapshot,
  }: { readonly files: SnapshotFiles; readonly metadata: TableMetadata; readonly schema: IcebergSchema; readonly snapshot: Long },
): Promise<WrittenDeletes> {
  const attempt = globalThis.crypto.randomUUID()
  const paths: string[] = []
  const written: { readonly of: PartitionDeletes; readonly file: DeleteFile }[] = []
  for (const [i, of] of deletes.entries()) {
    const deleted = [...of.deleted].sort((a, b) => compareTexts(a.address, b.address))
    const bytes = await positionDeletes(deleted)
    const path = `metadata/${attempt}-d${i}.parquet`
    const address = await files.create(path, bytes)
    paths.push(path)
    written.push({ of, file: { address, bytes: bytes.length, partition: of.partition, deleted } })
  }
  const bySpec = Map.groupBy(written, ({ of: { spec, fields } }) => `${spec} ${JSON.stringify(fields)}`)
  const manifests = [...bySpec.values()].map((some) => {
    const [{ of }] = some as [(typeof written)[number]]
    const spec = specOf(metadata, schema, of.spec)
    return deleteManifest(
      some.map(({ file }) => file),
      { schema, spec, fields: of.fields, snapshot },
    )
  })
  const counts = {
    files: written.length,
    rows: written.reduce((sum, { file }) => sum + deletedRows(file), 0),
    bytes: written.reduce((sum, { file }) => sum + file.bytes, 0),
  }
  return { manifests, paths, counts }
}
