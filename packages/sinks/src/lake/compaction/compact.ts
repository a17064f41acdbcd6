import { isTicketsError, type Storage, TicketsError } from '@tickets/core'
import { fileError } from '@tickets/core/internal'
import type { FileLayer } from '@tickets/core/node'
import { storageAt } from '../../disk/disk-storage.ts'
import { readOwner } from '../../files/owner.ts'
import { LAKE } from '../dataset/parts.ts'
import type { CompactionRecord } from '../dataset/records.ts'
import { versionsIn } from '../dataset/versions.ts'
import { lookAt, type View } from '../dataset/view.ts'
import { commitGroup, idOf } from './commit.ts'
import { finishHeads } from './finish-recorded.ts'
import { type Group, plan } from './plan.ts'
import { removeCompactions } from './takeover-cleanup.ts'

/** Settings of `compact`. */
export interface CompactOptions {
  /** Only files that were written before this instant, by the clock of their file system; all of them by default. */
  readonly before?: Date
  /** Bytes of a file that is large enough; 128 MiB by default. Files are put together up to this size, and none is divided. */
  readonly targetFileSize?: number
  /** Stops between two files when it aborts. */
  readonly signal?: AbortSignal
  /** @internal Merge only what is worth rewriting again and again. */
  readonly gently?: boolean
  /** @internal What stands between a compaction and the file system; tests inject faults here. */
  readonly files?: FileLayer
}

/** The result of a compaction. */
export interface Compaction {
  /** Files that were merged, and those that they became. */
  readonly merged: number
  readonly written: number
  /** Bytes of the merged files, and of those that they became. */
  readonly bytesBefore: number
  readonly bytesAfter: number
  /** Rows written. */
  readonly rows: number
  /** Rows dropped because a higher revision had replaced them. */
  readonly superseded: number
}

const DEFAULT_SIZE = 128 * 1024 * 1024

/** Returns the options with their defaults. */
export function checked({ before, targetFileSize = DEFAULT_SIZE, gently = false }: CompactOptions) {
  if (before !== undefined && !(before instanceof Date && Number.isFinite(before.getTime())))
    throw new TicketsError('OPTION_INVALID', `before is a Date, got ${JSON.stringify(before)}`)
  if (!(Number.isSafeInteger(targetFileSize) && targetFileSize > 0))
    throw new TicketsError('OPTION_INVALID', `targetFileSize is a whole number of bytes from 1, got ${String(targetFileSize)}`)
  return { before: before?.getTime() ?? Number.POSITIVE_INFINITY, targetFileSize, gently }
}

/** Returns whether the newest compaction of each log is finished. This only lists folders, while finishing again needs fsyncs. */
async function isTidy(dataset: Storage, { heads, waiting }: View): Promise<boolean> {
  if (waiting) return false
  for (const log of heads.keys()) {
    const records = await dataset.names(`${LAKE}/${log}`)
    const staged = await dataset.staged(idOf(log))
    if (records.length > 1 || staged.length > 0) return false
  }
  return true
}

/** How often another process may record first before this one leaves the work to it. */
const TRIES = 20

/**
 * Finishes the newest compaction and lists again, until the newest record is one that this process finished. Another process may record compaction m
 * after we finished m − 1. If we recorded m + 1 on top, readers would look at m + 1 only and nobody would finish m; if m then published, its rows would
 * be visible twice. Returns null when other processes keep recording.
 */
async function lookAtFinished(dataset: Storage, before: readonly string[]): Promise<View | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    const finished = await finishHeads(dataset, before)
    const view = await lookAt(dataset)
    if ([...view.heads].every(([log, { n }]) => before.includes(log) || finished.get(log) === n)) return view
  }
  return null
}

/** What is written anew, and what is noted of it. */
export interface Rewriting {
  /** Begins errors of the file system: `compacting`. */
  readonly what: string
  readonly signal: AbortSignal | undefined
  /** Returns what to do, given the current files. */
  planned(view: View): Promise<readonly Group[]>
  committed(group: Group, record: CompactionRecord): void
}

/**
 * Finishes what was recorded, plans, and commits group by group.
 *
 * @returns `done` when all groups are committed; `beaten` where another process was first; `stopped` where the signal aborted or another log owns the dataset
 * @throws `OPTION_INVALID` for a folder of versions; `TARGET_UNUSABLE`, `SINK_FAILED`, `ENCODER_FAILED`, `STAGED_LOST`, `LOG_DAMAGED` as `compact` does
 */
export async function commitPlanned(dataset: Storage, { what, signal, planned, committed }: Rewriting): Promise<'done' | 'beaten' | 'stopped'> {
  const { location } = dataset
  let before: readonly string[] | null = null
  try {
    const first = await lookAt(dataset)
    const [version] = first.parts.length > 0 ? [] : await versionsIn(dataset)
    if (version !== undefined)
      throw new TicketsError('OPTION_INVALID', `${location} holds versions of a dataset: name one at a time, ${location}/v${version} and so on`)
    before = (await readOwner(dataset))?.before ?? []
    await removeCompactions(dataset, before)
    const tidy = await isTidy(dataset, first)
    const view = tidy ? first : await lookAtFinished(dataset, before)
    if (!view) return 'beaten'
    const groups = await planned(view)
    // Before the next record is created, all of the last one is on stable storage.
    if (tidy && groups.length > 0) await finishHeads(dataset, before)
    const next = new Map<string, number>()
    for (const group of groups) {
      if (signal?.aborted) return 'stopped'
      const { log } = group
      // Stay above the numbers in file names too, in case the records were deleted.
      const n = next.get(log) ?? Math.max(view.heads.get(log)?.n ?? -1, view.numbers.get(log) ?? -1) + 1
      const record = await commitGroup(dataset, group, n)
      if (!record) return 'beaten'
      next.set(log, n + 1)
      committed(group, record)
    }
    return 'done'
  } catch (error) {
    // Another log has taken the dataset over meanwhile, and removed what was being worked on: there is nothing left to do.
    const owner = before && (await readOwner(dataset).catch(() => null))
    if (before && owner && owner.before.at(-1) !== before.at(-1)) return 'stopped'
    throw isTicketsError(error) ? error : fileError(error, 'SINK_FAILED', `${what} ${location}`)
  }
}

/**
 * Merges the small files of a dataset, within each folder of a partition, and drops window results that a higher `revision` has replaced.
 *
 * Runs beside the pipeline that writes, in any process. Overlapping compactions are safe. A compaction survives a crash like a commit: the next one
 * finishes what was recorded. `files(dir)` is always exact. A reader that globs may briefly see rows twice, never too few. The newest file of each task
 * stays as it is. Works for Parquet, Arrow, JSON Lines and CSV. Superseded revisions are dropped in Parquet and Arrow files that name their keys.
 *
 * @param dir the folder or storage that was given to the sink
 * @throws `OPTION_INVALID`; `TARGET_UNUSABLE` where there is no dataset; `SINK_FAILED`, `ENCODER_FAILED`, `STAGED_LOST`, `LOG_DAMAGED` as sinks do
 * @example
 * await compact('data/tickets') // { merged: 40, written: 1, bytesBefore: 3250112, bytesAfter: 2964207, rows: 100000, superseded: 0 }
 */
export async function compact(dir: string | Storage, options: CompactOptions = {}): Promise<Compaction> {
  const dataset = storageAt(dir, options.files)
  const planning = checked(options)
  const total = { merged: 0, written: 0, bytesBefore: 0, bytesAfter: 0, rows: 0, superseded: 0 }
  await commitPlanned(dataset, {
    what: 'compacting',
    signal: options.signal,
    planned: (view) => plan(dataset, view, planning),
    committed: (group, { outputs }) => add(total, group, outputs),
  })
  return total
}

function add(total: { -readonly [K in keyof Compaction]: number }, group: Group, outputs: readonly { rows: number; bytes: number }[]): void {
  total.merged += group.parts.length
  total.written += outputs.length
  total.bytesBefore += group.bytes
  total.superseded += group.superseded
  for (const { rows, bytes } of outputs) {
    total.rows += rows
    total.bytesAfter += bytes
  }
}
