import { type Sink, type Storage, TicketsError } from '@tickets/core'
import { systemClock } from '@tickets/core/internal'
import { storageAt } from '../disk/disk-storage.ts'
import { type ParquetOptions, parquetLoader } from '../file-sink.ts'
import type { DatasetMaintenance } from '../files/maintenance.ts'
import { stagedFileSink } from '../files/staged-file-sink.ts'
import { DeltaTable } from './delta-table.ts'

/** Options of `deltaSink`: those of `parquetSink`, without the compaction of plain files. */
export type DeltaOptions<T = unknown> = Omit<ParquetOptions<T>, 'compact'>

/** Nothing but the log of the table says which of its files belong to it, so no compaction of plain files may touch them. */
const none: DatasetMaintenance = {
  finish: async () => {},
  cleanUp: async () => {},
  schedule: () => {
    throw new TicketsError('OPTION_INVALID', 'a deltaSink has no `compact`: use OPTIMIZE of Spark or delta-rs')
  },
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
  const { files, partitionBy = [] } = options as ParquetOptions
  return stagedFileSink({
    target: storageAt(path, files),
    format: 'delta',
    load: parquetLoader(options as ParquetOptions),
    maintenance: none,
    tableIn: (target) => new DeltaTable(target, partitionBy, systemClock),
    options: options as ParquetOptions,
  })
}
