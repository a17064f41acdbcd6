import type { Sink, Storage } from '@tickets/core'
import { systemClock } from '@tickets/core/internal'
import { storageAt } from '../disk/disk-storage.ts'
import { type ParquetOptions, parquetLoader } from '../file-sink.ts'
import type { DatasetMaintenance } from '../files/maintenance.ts'
import { stagedFileSink } from '../files/staged-file-sink.ts'
import { type AnyKeyOptions, checkKeyOptions, type KeyOptions } from '../keyed/table-key.ts'
import { compactEvery } from '../lake/compaction/schedule.ts'
import { DeltaTable } from './delta-table.ts'
import { optimizeDelta } from './optimize.ts'

/** Options of `deltaSink`: those of `parquetSink`, and which rows replace which others. `compact` runs `optimizeDelta` at intervals. */
export interface DeltaOptions<T = unknown> extends ParquetOptions<T>, KeyOptions<T> {}

/** Nothing but the log of the table says which of its files belong to it, so what was cut off is no part of it, and `vacuumDelta` removes it. */
const maintenance: DatasetMaintenance = {
  finish: async () => {},
  cleanUp: async () => {},
  schedule: (dataset, options) => compactEvery(dataset, options, { finish: async () => {}, compact: optimizeDelta }),
}

/**
 * Writes rows exactly once to a Delta Lake table in a folder, which it makes if there is none: a range of a task is one commit of the table.
 *
 * Delta tables need readers of version 1 and writers of version 2. Columns that rows have and the table lacks are added; with `partitionBy` the table is
 * partitioned by those columns. `mode: 'overwrite'` replaces the rows once, when a new log begins; older versions stay readable.
 *
 * @param path the folder, or a storage such as a bucket's; a relative path is meant from the working directory of this moment
 * @throws `OPTION_INVALID` at once; when it runs as `parquetSink`, and `DELTA_CONFLICT` where others change the table in a way that it cannot follow
 * @example
 * tickets.pipe(into(deltaSink('data/tickets', { partitionBy: [day('created_at')] }))) // data/tickets/_delta_log/00000000000000000000.json …
 */
export function deltaSink<T = unknown>(path: string | Storage, options: NoInfer<DeltaOptions<T>> = {}): Sink<T> {
  const { key, deleteWhen, ...rest } = options as ParquetOptions & AnyKeyOptions
  const { files, partitionBy = [] } = rest
  checkKeyOptions({ key, deleteWhen })
  return stagedFileSink({
    target: storageAt(path, files),
    format: 'delta',
    load: parquetLoader(rest),
    maintenance,
    tableIn: (target) => new DeltaTable(target, partitionBy, systemClock, { key, deleteWhen }),
    keyed: { key, deleteWhen },
    options: rest,
  })
}
