import type { Storage, StoredFile } from '@tickets/core'
import { isPartitionFolder, parsePart } from '@tickets/core/internal'

/** Returns the published files of a dataset by path, sorted, those in partitions included; null if there is no such place. Other folders are not part of the dataset. */
export const walkParts = (dataset: Storage): Promise<ReadonlyMap<string, StoredFile> | null> =>
  dataset.walk({ folder: isPartitionFolder, file: (name) => name.startsWith('part-') })

/** Returns the paths of the published files of a dataset, sorted. */
export const listParts = async (dataset: Storage): Promise<string[]> => [...((await walkParts(dataset)) ?? new Map()).keys()]

/** Returns the published files of logs that lost the dataset. Their processes may have published after the takeover listed what to remove. */
export async function partsOf(dataset: Storage, logs: readonly string[]): Promise<readonly string[]> {
  if (logs.length === 0) return []
  const lost = new Set(logs)
  return (await listParts(dataset)).filter((path) => lost.has(/^part-([^-]+)-/.exec(path.slice(path.lastIndexOf('/') + 1))?.[1] ?? ''))
}

/** How far staged ranges may be ahead of the committed record: at most one range is staged and one being recorded. */
const AHEAD = 2

/** The task of compacted files, which have numbers of their own. */
const COMPACT = 'compact'

/**
 * Returns, for each task, the record that its log must have reached, by what is published and staged here. A log that ends before it is older than the
 * dataset.
 */
export async function reachedIn(
  dataset: Storage,
  log: { readonly id: string; readonly flow: string; readonly tasks: readonly string[] },
): Promise<Readonly<Record<string, number>>> {
  const reached = new Map<string, number>()
  const raise = (task: string, n: number) => reached.set(task, Math.max(n, reached.get(task) ?? -1))
  for (const path of await listParts(dataset)) {
    const part = parsePart(path)
    if (part?.log === log.id && part.task !== COMPACT) raise(part.task, part.n)
  }
  for (const task of log.tasks) for (const n of await dataset.staged({ logId: log.id, flow: log.flow, task })) raise(task, n - AHEAD)
  return Object.fromEntries(reached)
}
