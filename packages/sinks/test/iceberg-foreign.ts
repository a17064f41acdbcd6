import { storageAt } from '../src/disk/disk-storage.ts'
import type { AvroRecord } from '../src/iceberg/avro/avro-schema.ts'
import type { Change } from '../src/iceberg/catalog/catalog.ts'
import { fileCatalog } from '../src/iceberg/catalog/file-catalog.ts'
import { manifestOf } from '../src/iceberg/manifest/manifest.ts'
import { entrySchema } from '../src/iceberg/manifest/manifest-schemas.ts'
import { SnapshotFiles } from '../src/iceberg/manifest/snapshot-files.ts'
import { randomId, snapshotChange } from '../src/iceberg/snapshot.ts'
import { currentSchema, currentSnapshot, type IcebergSchema, type PartitionSpec, type TableMetadata } from '../src/iceberg/spec/metadata.ts'
import { quick } from './lake-helpers.ts'

/** Changes a table of a file catalog as another writer does. */
export async function changeForeign(path: string, make: (metadata: TableMetadata, files: SnapshotFiles) => Promise<Change> | Change): Promise<void> {
  const storage = storageAt(path, quick)
  const catalog = fileCatalog().table(undefined, storage, '')
  const metadata = await catalog.load()
  if (!metadata) throw new Error('there is no table')
  if (!(await catalog.commit(await make(metadata, new SnapshotFiles(storage))))) throw new Error('the table has changed')
}

/** Adds a file, of a table that is not divided, that is only said and not there. `content` is 0 for data, 1 for position deletes, and 2 for equality deletes. */
export const addForeign = (path: string, file: { readonly content: number; readonly format?: string; readonly address?: string }): Promise<void> =>
  changeForeign(path, async (metadata, files) => {
    const { content, format = 'PARQUET', address = `${files.location}/foreign` } = file
    const id = randomId()
    const data: AvroRecord = { content, file_path: address, file_format: format, partition: {}, record_count: 1, file_size_in_bytes: 1 }
    const manifest = manifestOf([data], {
      content: content === 0 ? 'data' : 'deletes',
      avro: entrySchema([]),
      schema: currentSchema(metadata) as IcebergSchema,
      spec: metadata['partition-specs'][0] as PartitionSpec,
      snapshot: id,
      partitions: [],
    })
    const { address: manifestList } = await files.write(metadata, id, [manifest], await files.manifestsOf(currentSnapshot(metadata)))
    return snapshotChange(metadata, { id, manifestList, summary: { operation: 'overwrite' }, now: Date.now() }, { set: {} })
  })

/** Gives a column of a table another name. */
export const renameForeign = (path: string, from: string, to: string): Promise<void> =>
  changeForeign(path, (metadata) => {
    const schema = currentSchema(metadata) as IcebergSchema
    const fields = schema.fields.map((field) => (field.name === from ? { ...field, name: to } : field))
    return {
      requirements: [],
      updates: [
        { action: 'add-schema', schema: { ...schema, fields }, 'last-column-id': metadata['last-column-id'] },
        { action: 'set-current-schema', 'schema-id': -1 },
      ],
    }
  })
