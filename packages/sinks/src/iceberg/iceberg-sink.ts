import { type Sink, type Storage, TicketsError } from '@tickets/core'
import { systemClock } from '@tickets/core/internal'
import { storageAt } from '../disk/disk-storage.ts'
import { type ParquetOptions, parquetLoader } from '../file-sink.ts'
import type { DatasetMaintenance } from '../files/maintenance.ts'
import { stagedFileSink } from '../files/staged-file-sink.ts'
import { type AnyKeyOptions, checkKeyOptions, type KeyOptions } from '../keyed/table-key.ts'
import type { IcebergCatalog } from './catalog/catalog.ts'
import { IcebergTable } from './iceberg-table.ts'

/** Options of `icebergSink`: those of `parquetSink`, without the compaction of plain files, and where the table is registered. */
export type IcebergOptions<T = unknown> = Omit<ParquetOptions<T>, 'compact' | 'compression'> & {
  /** `restCatalog(…)` or `fileCatalog()`. */
  readonly catalog: IcebergCatalog
  /** The table's name in a REST catalog, with its namespace: `lake.tickets`. */
  readonly table?: string
  /** `snappy` by default. */
  readonly compression?: 'snappy' | 'none'
} & KeyOptions<T>

/** Nothing but the table's snapshots say which of its files belong to it, so no compaction of plain files may touch them. */
const none: DatasetMaintenance = {
  finish: async () => {},
  cleanUp: async () => {},
  schedule: () => {
    throw new TicketsError('OPTION_INVALID', 'an icebergSink has no `compact`: use rewrite_data_files of Spark, or OPTIMIZE of Trino')
  },
}

/**
 * Writes rows exactly once to an Apache Iceberg table, which it makes if there is none: a range of a task is one snapshot of the table.
 *
 * Tables have format version 2. Columns that rows have and the table lacks are added to it; with `partitionBy` the table is partitioned by those columns.
 * With a `key`, as rows of windows have one, a row replaces the one of its key, and `deleteWhen` says which rows delete instead: by position deletes, in the
 * snapshot that adds the rows. `mode: 'overwrite'` replaces the rows once, when a new log begins; older snapshots stay readable.
 *
 * @param path the folder of the table's files, or a storage such as a bucket's; a relative path is meant from the working directory of this moment
 * @throws `OPTION_INVALID` at once; when it runs as `parquetSink`, and `ICEBERG_CONFLICT` where others change the table in a way that it cannot follow
 * @example
 * tickets.pipe(into(icebergSink('data/tickets', { catalog: fileCatalog(), partitionBy: [day('created_at')] }))) // data/tickets/metadata/v1.metadata.json …
 */
export function icebergSink<T = unknown>(path: string | Storage, options: NoInfer<IcebergOptions<T>>): Sink<T> {
  const { catalog, table, key, deleteWhen, ...rest } = options as Omit<IcebergOptions, keyof AnyKeyOptions> & AnyKeyOptions
  const { files, partitionBy = [], compression = 'snappy' } = rest
  checkKeyOptions({ key, deleteWhen })
  if (typeof catalog?.table !== 'function') throw new TicketsError('OPTION_INVALID', 'catalog of an icebergSink is restCatalog(…) or fileCatalog()')
  if (compression !== 'snappy' && compression !== 'none')
    throw new TicketsError('OPTION_INVALID', `compression of an icebergSink is 'snappy' or 'none', got ${JSON.stringify(compression)}`)
  const target = storageAt(path, files)
  return stagedFileSink({
    target,
    format: 'iceberg',
    load: parquetLoader(rest as ParquetOptions),
    maintenance: none,
    tableIn(storage) {
      const suffix = storage.location.slice(target.location.length)
      return new IcebergTable({ catalog: catalog.table(table, storage, suffix), storage, partitionBy, keys: { key, deleteWhen }, clock: systemClock })
    },
    keyed: { key, deleteWhen },
    options: rest as ParquetOptions,
  })
}
