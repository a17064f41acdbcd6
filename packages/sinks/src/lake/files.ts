import type { Storage } from '@tickets/core'
import type { FileLayer } from '@tickets/core/node'
import { storageAt } from '../disk/disk-storage.ts'
import { versionsIn } from './dataset/versions.ts'
import { lookAt } from './dataset/view.ts'

/** Settings of `files`. */
export interface FilesOptions {
  /** @internal What stands between a reader and the file system, for tests. */
  readonly files?: FileLayer
}

/**
 * Returns the current files of a dataset as absolute paths, or as `s3://` addresses. The list is exact while a pipeline writes and a compaction runs.
 *
 * It holds each committed range whole or not at all, and each row once: either the merged file or the files it was made of. A later compaction may
 * remove a listed file; a reader that finds it gone lists again. Needs the folder alone, not the pipeline's log.
 *
 * @param dir the folder or storage that was given to the sink, or one of versions: then the files of all, oldest first
 * @throws `TARGET_UNUSABLE` where there is no such folder; `SINK_FAILED` when it cannot be read, `LOG_DAMAGED` when a record in `.lake` was changed, `STAGED_LOST` when a merged
 * file was deleted
 * @example
 * await files('data/tickets') // ['…/data/tickets/part-1f0e9c55-tickets-0-0-0.parquet', …], for DuckDB's read_parquet([…])
 */
export async function files(dir: string | Storage, options: FilesOptions = {}): Promise<string[]> {
  const dataset = storageAt(dir, options.files)
  const { parts } = await lookAt(dataset)
  const own = parts.map(({ path }) => `${dataset.location}/${path}`)
  if (own.length > 0) return own
  for (const version of await versionsIn(dataset)) own.push(...(await files(dataset.below(`v${version}`))))
  return own
}
