import type { TableKey } from '../../keyed/table-key.ts'
import { CONTENT } from '../manifest/live-files.ts'
import type { SnapshotFiles } from '../manifest/snapshot-files.ts'
import type { MergedSchema } from '../spec/iceberg-schema.ts'
import { currentSchema, currentSnapshot, type IcebergSchema, type TableMetadata } from '../spec/metadata.ts'
import { columnsOfKey } from './key-columns.ts'
import { readableDeletes } from './readable-files.ts'

/** A table as a start finds it, whose rows are to be replaced by key. */
export interface TableToCheck {
  readonly name: string
  readonly metadata: TableMetadata
  /** The columns that it gets first; null where it has all. */
  readonly merged: MergedSchema | null
  readonly files: SnapshotFiles
  /** Whether its rows may be removed first, so that no file of it is read. */
  readonly replaces: boolean
}

/** Returns the metadata of a table with the columns that it gets. */
function withColumns(metadata: TableMetadata, { fields }: MergedSchema): TableMetadata {
  const schema: IcebergSchema = { ...(currentSchema(metadata) as IcebergSchema), fields, 'schema-id': -1 }
  return { ...metadata, schemas: [...metadata.schemas, schema], 'current-schema-id': -1 }
}

/**
 * Checks that rows of a table can be replaced by key, before any range is recorded for it (docs/internals/protocol.md#3.14).
 *
 * @throws `TARGET_UNUSABLE` for columns of the key that were renamed, and for files that this sink does not read
 */
export async function checkKeyed(key: TableKey, { name, metadata, merged, files, replaces }: TableToCheck): Promise<void> {
  columnsOfKey(merged ? withColumns(metadata, merged) : metadata, key, name)
  if (replaces) return
  const all = await files.filesIn(await files.manifestsOf(currentSnapshot(metadata)), new Set())
  readableDeletes(
    all.filter(({ content }) => content === CONTENT.data),
    all,
    { name, location: files.location },
  )
}
