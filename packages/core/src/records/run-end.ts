import { randomId } from '../base/ids.ts'
import type { Json } from '../base/json.ts'
import type { CommitLog, LogRecord } from '../connectors/commit-log.ts'
import type { SourceInfo } from '../connectors/source.ts'
import { lastMergeRecord } from './merge-record.ts'
import { lastTaskRecord, type TaskRecord } from './task-record.ts'

/** The pseudo task whose records are the bounded runs of a pipeline. */
export const RUNS = 'runs'

/** partition → where a run ends. */
export type RunEnd = Readonly<Record<string, Json>>

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Returns whether `to` is after an end; false for positions that are no numbers. */
const isPast = (to: Json | undefined, end: Json | undefined) => typeof to === 'number' && typeof end === 'number' && to > end

/** Returns whether a task's last record says that its part of a bounded run is done. */
export function isDone(body: Pick<TaskRecord, 'idle' | 'ended' | 'to'> | null | undefined, end: Json | undefined): boolean {
  if (!body) return false
  return body.ended || (body.idle && end !== undefined && (same(body.to, end) || isPast(body.to, end)))
}

/** Reads the body of the record of a bounded run. */
export function readRunEnd({ body }: Pick<LogRecord, 'body'>): RunEnd | undefined {
  return (body as { readonly ends?: RunEnd }).ends
}

/** Returns where the last bounded run ends, by partition; nothing where there was none. */
export async function lastEnds(log: CommitLog): Promise<RunEnd> {
  const head = await log.head(RUNS)
  return (head && readRunEnd(head)) ?? {}
}

/** Where a merge without a record begins: after the records from before there was a merge; null: at the first record of each task. */
type MergeFrom = Readonly<Record<string, { readonly n: number }>> | null

/** Returns whether the merge has committed the last record of each of these tasks, or begins after it. */
export async function isMerged(log: CommitLog, tasks: readonly string[], from: MergeFrom = null): Promise<boolean> {
  // Without a partition nobody runs the merge.
  if (tasks.length === 0) return true
  const body = await lastMergeRecord(log)
  if (!body && !from) return false
  for (const task of tasks) if (Math.max(body?.position[task] ?? -1, from?.[task]?.n ?? -1) < (await log.latest(task))) return false
  return true
}

/**
 * Returns where this run ends, from a numbered record that all processes obey. A run that crashed is finished before the next one begins
 * (docs/internals/protocol.md#4.5). Writes no record if there are no new messages.
 */
export async function resolveRunEnd(log: CommitLog, info: SourceInfo<Json>, merges: boolean, from: MergeFrom = null): Promise<RunEnd> {
  const now: RunEnd = Object.fromEntries(info.partitions.map(({ id, end }) => [id, end]))
  for (;;) {
    const head = await log.head(RUNS)
    const last = head && readRunEnd(head)
    if (last && (same(last, now) || !(await isFinished(log, last, merges, from)))) return last
    const n = (head?.n ?? -1) + 1
    const outcome = await log.append(RUNS, { n, attempt: randomId(), files: {}, body: { ends: now } })
    if (outcome === 'appended') return now
  }
}

async function isFinished(log: CommitLog, ends: RunEnd, merges: boolean, from: MergeFrom): Promise<boolean> {
  let done = true
  for (const [task, end] of Object.entries(ends)) {
    const body = await lastTaskRecord(log, task)
    // A run without an end continued from it since: there is nothing left to finish.
    if (isPast(body?.to, end)) return true
    done &&= isDone(body, end)
  }
  if (!done) return false
  return !merges || (await isMerged(log, Object.keys(ends), from))
}
