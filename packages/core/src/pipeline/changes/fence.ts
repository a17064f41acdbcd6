import { isTicketsError, TicketsError } from '../../base/errors.ts'
import { randomId } from '../../base/ids.ts'
import type { Json } from '../../base/json.ts'
import { byName } from '../../base/own-names.ts'
import { MemoryBudget } from '../../commit/memory-budget.ts'
import { type WriterSpec, Writers } from '../../commit/writers.ts'
import type { CommitLog, LogRecord } from '../../connectors/commit-log.ts'
import type { SourceInfo } from '../../connectors/source.ts'
import type { TaskView } from '../../merge/entry.ts'
import { changesKnown } from '../../records/change-count.ts'
import { lastMergeRecord, MERGE, type MergeRecord, readMergeRecord } from '../../records/merge-record.ts'
import { unchangedState } from '../../records/operator-state-record.ts'
import { readTaskRecord, type TaskRecord } from '../../records/task-record.ts'
import { partitionTasks } from './at-rest.ts'
import { type ChangedRecord, FENCES, type Fence, type OpenChange, type Standpoint } from './change-record.ts'
import { fillOf } from './fill.ts'

export interface FenceOptions {
  readonly log: CommitLog
  /** The log with its open change. */
  readonly record: ChangedRecord
  readonly info: SourceInfo<Json>
  readonly outputs: readonly WriterSpec[]
  /** The name and version of the source's schema. */
  readonly schema: TaskRecord['schema']
}

/**
 * Lets a change take effect: takes the next number of every task and of the merge with a record that holds nothing, so that no process commits with
 * the flows from before any more, and then notes where that was. Repeatable by any number of processes; the first note counts.
 *
 * A process from before that is still running loses the number, opens its task again, finds the change and stops (docs/internals/protocol.md#1.5).
 *
 * @throws `PIPELINE_CHANGED` where such a process has committed files meanwhile that only its own program can publish; the change counts for nothing
 */
export async function fenceChange(options: FenceOptions, open: OpenChange): Promise<void> {
  const { log, info, record } = options
  const n = (await log.latest(FENCES)) + 1
  const note = (fence: Fence) => log.append(FENCES, { n, attempt: randomId(), files: {}, body: fence })
  const begun = record.partitions.map(({ id }) => id)
  try {
    const heads = byName<TaskView>(open.change.heads)
    for (const task of await partitionTasks(log, [...begun, ...info.partitions.map(({ id }) => id)])) {
      const start = startOf(options, task)
      if (start === undefined) continue
      const head = await fenceTask(options, open.n + 1, task, (last) => (last ? afterTask(readTaskRecord(last)) : firstOfTask(start, options.schema)))
      heads[task] = viewOf(head)
      checkStill(open, task, head.n)
    }
    const at = { heads, merged: await fenceMerge(options, open, heads) }
    await note({ change: open.n, at, ...(await fillOf(log, record, open, at, info)) })
  } catch (error) {
    if (!(error instanceof StillRunning)) throw error
    await note({ change: open.n, at: null })
    throw error.refusal
  }
}

/** Where a task without a record would begin. */
function startOf({ record, info }: FenceOptions, task: string): Json | undefined {
  const begun = record.partitions.find(({ id }) => id === task)
  return begun ? begun.start : info.partitions.find(({ id }) => id === task)?.earliest
}

const viewOf = (record: LogRecord): TaskView => {
  const { watermark, idle, ended, to } = readTaskRecord(record)
  return { n: record.n, watermark, idle, ended, to }
}

async function fenceMerge(options: FenceOptions, open: OpenChange, heads: Standpoint['heads']): Promise<number> {
  const { log } = options
  if (!open.hadMerge && !(await lastMergeRecord(log))) return -1
  const { n } = await fenceTask(options, open.n + 1, MERGE, (last) => (last ? afterMerge(readMergeRecord(last), heads) : FIRST_OF_MERGE))
  return n
}

/** Publishes the head and takes the number after it, unless a process that knows of the change has done so. Returns the task's record from there on. */
async function fenceTask(
  options: FenceOptions,
  changes: number,
  task: string,
  next: (last: LogRecord | null) => Omit<TaskRecord, 'state'> | Omit<MergeRecord, 'state'>,
): Promise<LogRecord> {
  const { log } = options
  for (;;) {
    const last = await log.head(task)
    if (last && changesKnown(last) >= changes) return last
    if (last) await publish(last, task, options)
    const n = (last?.n ?? -1) + 1
    const fence: LogRecord = { n, attempt: randomId(), files: {}, body: { ...next(last), changes, state: unchangedState(last, n) } as Json }
    if ((await log.append(task, fence)) === 'appended' && (await log.latest(task)) === n) return fence
  }
}

/** A process from before the change has committed what only its own program can finish. */
class StillRunning extends Error {
  readonly refusal: TicketsError

  constructor(task: string, n: number) {
    super(task)
    this.refusal = new TicketsError(
      'PIPELINE_CHANGED',
      `another process has committed record ${n} of ${task} while flows went, so nothing was changed: stop every process, run the program from before the change once more to a clean stop with the same \`changes\`, and then this one`,
    )
  }
}

/** Flows go at rest only: rows of theirs that came meanwhile may be in windows that nobody would show. */
function checkStill({ change }: OpenChange, task: string, n: number): void {
  if ((change.gone ?? []).length > 0 && n > (change.heads[task]?.n ?? -1) + 1) throw new StillRunning(task, n - 1)
}

/** Publishes what is behind a record before the next one is made (docs/internals/protocol.md#3.6). */
async function publish({ n, files }: LogRecord, task: string, { log, record, outputs }: FenceOptions): Promise<void> {
  const named = Object.keys(files)
  if (named.length === 0) return
  if (named.some((output) => !outputs.some(({ flow }) => flow === output))) throw new StillRunning(task, n)
  const specs = outputs.filter(({ flow }) => named.includes(flow))
  const writers = await Writers.open(specs, { logId: record.logId, task }, new MemoryBudget(1))
  try {
    await writers.publish(files)
  } catch (error) {
    // Published and swept by a process that is ahead: its record is the head now.
    if (!isTicketsError(error, 'STAGED_LOST') || (await log.latest(task)) === n) throw error
  } finally {
    await writers.close()
  }
}

function afterTask(last: TaskRecord): Omit<TaskRecord, 'state'> {
  const { state: _, ...body } = last
  return { ...body, from: last.to, partials: {} }
}

function firstOfTask(start: Json, schema: TaskRecord['schema']): Omit<TaskRecord, 'state'> {
  const counts = { rows: 0, rejected: 0, written: {}, late: {} }
  return { from: start, to: start, watermark: null, idle: false, ended: false, isEmpty: true, partials: {}, schema, counts }
}

const FIRST_OF_MERGE: Omit<MergeRecord, 'state'> = { position: {}, joined: [], shown: {}, expired: 0, late: {}, isEmpty: true }

/** Where it had taken in all there was it counts as having taken in the fences, so that a run that was done is still done. */
function afterMerge(last: MergeRecord, heads: Standpoint['heads']): Omit<MergeRecord, 'state'> {
  const { state: _, ...body } = last
  const at = Object.entries(last.position).map(([task, n]) => [task, heads[task]?.n === n + 1 ? n + 1 : n] as const)
  return { ...body, position: Object.fromEntries(at) }
}
