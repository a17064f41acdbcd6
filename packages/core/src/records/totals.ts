import { addCounts, byName, valueIn } from '../base/own-names.ts'
import type { CommitLog, LogRecord } from '../connectors/commit-log.ts'
import { lastMergeRecord, readMergeRecord } from './merge-record.ts'
import { readTaskRecord } from './task-record.ts'

/** The counts in the log, over all processes and runs. */
export interface Counted {
  /** What was read: rows, and messages without a row, which are the rejected and the unmapped ones. */
  readonly rows: number
  readonly rejected: number
  /** Messages that the schema's `map` made no row of. */
  readonly unmapped: number
  /** Rows that flows made and that could not be written, such as a sum that its column cannot hold; dead letters too. */
  readonly refused: number
  /** `<flow>/<operator>` → rows that were too late for a window. */
  readonly late: Readonly<Record<string, number>>
  /** Rows of partials that came after `keepFor` (docs/internals/protocol.md#4.4). */
  readonly expired: number
  /** Flow → rows that its sink got. */
  readonly written: Readonly<Record<string, number>>
}

/** The result of a run, with counts of what was committed during it. */
export interface RunSummary extends Counted {
  /** `done`: the source ended; `stopped`: the run was stopped. */
  readonly how: 'done' | 'stopped'
  readonly seconds: number
}

/** Counts before anything was read. */
export const NOTHING: Counted = { rows: 0, rejected: 0, unmapped: 0, refused: 0, late: {}, expired: 0, written: {} }

/** Returns the counts of a task's record. */
export function countsOfTask(record: Pick<LogRecord, 'body'>): Counted {
  const { rows, rejected, unmapped = 0, refused = 0, late, written } = readTaskRecord(record).counts
  return { rows, rejected, unmapped, refused, late, expired: 0, written }
}

/** Returns the counts of a record of the merge, which reads no rows of its own. */
export function countsOfMerge(record: Pick<LogRecord, 'body'>): Counted {
  const { shown, expired, refused = 0, late } = readMergeRecord(record)
  return { ...NOTHING, refused, late, expired, written: shown }
}

const minus = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(a).map(([key, value]) => [key, value - ((valueIn(b, key) as number | undefined) ?? 0)]))

/** Returns what was counted since `before`. */
export function countedSince(now: Counted, before: Counted): Counted {
  return {
    rows: now.rows - before.rows,
    rejected: now.rejected - before.rejected,
    unmapped: now.unmapped - before.unmapped,
    refused: now.refused - before.refused,
    late: minus(now.late, before.late),
    expired: now.expired - before.expired,
    written: minus(now.written, before.written),
  }
}

/** Returns the counts that the log has for these partitions and the merge. */
export async function totals(log: CommitLog, partitions: readonly string[]): Promise<Counted> {
  let { rows, rejected, unmapped, refused } = NOTHING
  const late = byName<number>()
  const written = byName<number>()
  for (const partition of partitions) {
    const head = await log.head(partition)
    if (!head) continue
    const counts = countsOfTask(head)
    rows += counts.rows
    rejected += counts.rejected
    unmapped += counts.unmapped
    refused += counts.refused
    addCounts(late, counts.late)
    addCounts(written, counts.written)
  }
  const merge = await lastMergeRecord(log)
  if (merge) addCounts(written, merge.shown)
  refused += merge?.refused ?? 0
  return { rows, rejected, unmapped, refused, late: { ...late }, expired: merge?.expired ?? 0, written: { ...written } }
}
