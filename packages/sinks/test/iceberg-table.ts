import type { Schema, TaskId } from '@tickets/core'
import { systemClock } from '@tickets/core/internal'
import { storageAt } from '../src/disk/disk-storage.ts'
import type { StagedRange } from '../src/files/staged.ts'
import type { CatalogTable } from '../src/iceberg/catalog/catalog.ts'
import { fileCatalog } from '../src/iceberg/catalog/file-catalog.ts'
import { IcebergTable } from '../src/iceberg/iceberg-table.ts'
import type { PartitionBy } from '../src/partition/partition-by.ts'
import { Every, folder, plain } from './helpers.ts'
import { filesOfIceberg } from './iceberg-files.ts'
import { quick, taskNamed } from './lake-helpers.ts'
import { batched, written } from './written.ts'

export const Rows = Every as Schema<unknown>
export const task = taskNamed('tickets-0')
export const isOurs = async (): Promise<void> => {}

/** A table in a folder, and other processes that write it. */
export async function tableIn(partitionBy: PartitionBy = [], files = quick, wrap = (catalog: CatalogTable) => catalog) {
  const path = await folder()
  const process = (by = files) => {
    const storage = storageAt(path, by)
    return new IcebergTable({ catalog: wrap(fileCatalog().table(undefined, storage, '')), storage, partitionBy, clock: systemClock })
  }
  return { path, table: process(), other: process(), process, catalog: fileCatalog().table(undefined, storageAt(path, quick), '') }
}

/** A range as it is staged, with files of these names. */
export async function rangeOf(table: IcebergTable, n: number, names: readonly string[], schema = Rows): Promise<StagedRange> {
  const columns = await table.open(schema)
  const file = written({ ...schema, fields: columns(schema.fields) } as never, batched(schema, [plain]))
  const stats = await table.describe(schema, [file])
  return {
    staging: `.staging/log1/all/tickets-0/${n}-first`,
    files: names.map((name) => ({ name, rows: 1, bytes: file.length, stats })),
  }
}
/** Stages and adds a range. */
export const add = async (table: IcebergTable, n: number, by: TaskId = task, check = isOurs): Promise<void> =>
  table.commit(by, Rows, await rangeOf(table, n, [`part-${n}.parquet`]), check)
/** The names of the files that readers see. */
export const namesIn = async (path: string) => (await filesOfIceberg(path))?.sort()
