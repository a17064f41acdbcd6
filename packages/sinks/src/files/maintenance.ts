import type { Duration, Sink, Storage } from '@tickets/core'

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
  finish(dataset: Storage): Promise<void>
  /** Removes what compactions of these logs, which lost the dataset in a takeover, have left. */
  cleanUp(dataset: Storage, logs: readonly string[]): Promise<void>
  /** Returns what compacts the dataset while a pipeline runs. Throws `OPTION_INVALID` for an option that makes no sense. */
  schedule(dataset: Storage, options: CompactEvery): NonNullable<Sink<never>['maintain']>
}
