import type { Duration, Sink } from '@tickets/core'
import type { FileLayer } from '@tickets/core/node'

/** When a sink compacts its dataset by itself. */
export interface CompactEvery {
  /** From the end of one compaction to the next, such as `'10 minutes'`. */
  readonly every: Duration
  /** Bytes of a file that is large enough; 128 MiB by default. */
  readonly targetFileSize?: number
}

/** What the lake does for a dataset that a sink of files writes. The sink calls it and knows nothing of compactions. */
export interface DatasetMaintenance {
  /** Finishes compactions that were recorded and then cut off; every start of a pipeline calls it. */
  finish(files: FileLayer, target: string): Promise<void>
  /** Removes what compactions of these logs, which lost the dataset in a takeover, have left. */
  cleanUp(files: FileLayer, target: string, logs: readonly string[]): Promise<void>
  /** Returns what compacts the dataset while a pipeline runs. Throws `OPTION_INVALID` for an option that makes no sense. */
  schedule(target: string, options: CompactEvery, files: FileLayer): NonNullable<Sink<never>['maintain']>
}
