import { Batch, type Schema } from '@tickets/core'
import { storageAt } from '../src/disk/disk-storage.ts'
import { fileCatalog } from '../src/iceberg/catalog/file-catalog.ts'
import { fileStatistics } from '../src/iceberg/manifest/file-statistics.ts'
import { addingManifest, type FileToAdd } from '../src/iceberg/manifest/manifest.ts'
import { SnapshotFiles } from '../src/iceberg/manifest/snapshot-files.ts'
import { randomId, snapshotChange } from '../src/iceberg/snapshot.ts'
import { fileFields } from '../src/iceberg/spec/iceberg-schema.ts'
import { currentSchema, currentSnapshot, type IcebergSchema } from '../src/iceberg/spec/metadata.ts'
import { specById } from '../src/iceberg/spec/partition-spec.ts'
import { addressOf } from '../src/iceberg/spec/table-storage.ts'
import { rowsOfIceberg } from './iceberg-files.ts'
import { KeyedRow } from './keyed-rows.ts'
import { quick } from './lake-helpers.ts'
import { written } from './written.ts'

const folderOf = (name: string, value: string | null) =>
  `${name}=${value === null ? '__HIVE_DEFAULT_PARTITION__' : value.replace(/[/%=]/g, encodeURIComponent)}`
let rewrites = 0

/** Rewrites all files of a table into one for each partition, without deletes, as another writer does. */
export async function rewriteIceberg(path: string): Promise<void> {
  const storage = storageAt(path, quick)
  const catalog = fileCatalog().table(undefined, storage, '')
  const metadata = await catalog.load()
  if (!metadata || !currentSnapshot(metadata)) return
  const schema = currentSchema(metadata) as IcebergSchema
  const spec = specById(metadata, schema, metadata['default-spec-id'])
  if (!spec) throw new Error('the table has no spec')
  const fields = fileFields(schema, KeyedRow.fields)
  const rows = (await rowsOfIceberg(path)) as unknown as KeyedRow[]
  const name = spec.columns[0]?.name as 'place' | 'id' | undefined
  const files: FileToAdd[] = []
  for (const [folder, some] of Map.groupBy(rows, (row) => (name ? `${folderOf(name, row[name])}/` : ''))) {
    const plain = some.map((row) => ({ ...row, n: Number(row.n) }))
    const bytes = written({ ...KeyedRow, fields } as never, [Batch.of(KeyedRow as Schema<KeyedRow>, plain) as never])
    const file = `${folder}rewritten-${rewrites++}.parquet`
    await storage.create(file, [bytes])
    const statistics = { table: metadata['table-uuid'], spec: spec.spec['spec-id'], ...(await fileStatistics([bytes], schema)) }
    files.push({ file: { name: file, rows: plain.length, bytes: bytes.length }, statistics })
  }
  const id = randomId()
  const snapshots = new SnapshotFiles(storage)
  const removing = await snapshots.removing(currentSnapshot(metadata), id)
  const adding = files.length === 0 ? [] : [addingManifest(files, { location: addressOf(path), schema, spec, snapshot: id })]
  const { address } = await snapshots.write(metadata, id, [...adding, ...removing], [])
  const summary = { operation: 'replace' }
  const isDone = await catalog.commit(snapshotChange(metadata, { id, manifestList: address, summary, now: Date.now() }, { set: {} }))
  if (!isDone) throw new Error('the table has changed')
}
