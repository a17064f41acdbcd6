import { addCounts, byName, valueIn } from '../base/own-names.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import { lastMergeRecord } from './merge-record.ts'
import { lastTaskRecord } from './task-record.ts'

/** The counts in the log, over all processes and runs. */
interface Counted {
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

const minus = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(a).map(([key, value]) => [key, value - ((valueIn(b, key) as number | undefined) ?? 0)]))

/** Returns the counts that the log has for these partitions and the merge. */
export async function totals(log: CommitLog, partitions: readonly string[]): Promise<Counted & { since(before: Counted): Counted }> {
  let rows = 0
  let rejected = 0
  let unmapped = 0
  let refused = 0
  const late = byName<number>()
  const written = byName<number>()
  for (const partition of partitions) {
    const counts = (await lastTaskRecord(log, partition))?.counts
    if (!counts) continue
    rows += counts.rows
    rejected += counts.rejected
    unmapped += counts.unmapped ?? 0
    refused += counts.refused ?? 0
    addCounts(late, counts.late)
    addCounts(written, counts.written)
  }
  const merge = await lastMergeRecord(log)
  if (merge) addCounts(written, merge.shown)
  refused += merge?.refused ?? 0
  const expired = merge?.expired ?? 0
  return {
    rows,
    rejected,
    unmapped,
    refused,
    late: { ...late },
    expired,
    written: { ...written },
    since: (before) => ({
      rows: rows - before.rows,
      rejected: rejected - before.rejected,
      unmapped: unmapped - before.unmapped,
      refused: refused - before.refused,
      late: minus(late, before.late),
      expired: expired - before.expired,
      written: minus(written, before.written),
    }),
  }
}
