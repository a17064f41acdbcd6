import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import type { Source } from '../connectors/source.ts'
import type { Graph } from '../dataflow/graph.ts'
import { type Backfill, resolveBackfill } from '../records/backfill-record.ts'
import { isMerged } from '../records/run-end.ts'
import { lastTaskRecord } from '../records/task-record.ts'
import type { RunSummary } from '../records/totals.ts'
import type { TaskContext } from '../tasks/context.ts'
import { Merge } from '../tasks/merge-task.ts'
import { supervise } from '../tasks/restart.ts'
import { BackfillSource } from './backfill-source.ts'
import { execute, type RunOptions } from './execute.ts'
import { makeContext } from './make-context.ts'
import type { PipelineOptions, ResolvedOptions } from './options.ts'
import { prepare } from './prepare.ts'

export interface BackfillOptions extends RunOptions {
  /** Names the backfill in the log and its files; letters, digits and `_`. */
  name: string
  /** Where to start: at the first available message, or from this time on (a Date, or epoch milliseconds). The start is resolved when the backfill begins. */
  from: 'earliest' | Date | number
  /** Up to the first message at this time; by default up to what the log covers already. */
  until?: Date | number
}

/** How often and how long the merge of a running pipeline is waited for, in milliseconds, before this process merges by itself. */
const LOOK_AGAIN = 250
const LOOKS = 8

/** Runs a backfill: the tasks of `BackfillSource`, in the log of the pipeline. */
export async function runBackfill<T>(options: PipelineOptions<T, Json>, resolved: ResolvedOptions, backfill: BackfillOptions): Promise<RunSummary> {
  const { log } = options
  const source = await filling(options, backfill)
  const filled = { ...options, source, changes: {} }
  const prepared = await prepare(filled, resolved, checkWindows)
  const { record, info } = prepared
  const merges = prepared.writers.merge.length > 0
  const starts = Object.fromEntries(record.partitions.map(({ id, start }) => [id, start]))
  const asked = info.partitions.map((partition) => ({ ...partition, id: source.originOf(partition.id) }))
  const { parts } = await resolveBackfill(log, backfill.name, starts, asked)
  const open = await unfinished(log, parts)
  const tasks = open.map(({ task }) => task)
  source.tasks = new Set(tasks)
  const made = await makeContext(filled, resolved, prepared, null)
  const of = new Map(open.map((part) => [part.task, part]))
  const context: TaskContext<T> = {
    ...made,
    partitions: tasks,
    // The end of its range closes a task; until then it holds nothing of others back.
    time: { ...resolved.time, idleTimeout: Number.POSITIVE_INFINITY },
    startOf: async (task: string) => of.get(task)?.from ?? 0,
    endOf: (task: string) => of.get(task)?.to,
    originOf: source.originOf,
  }
  const all = parts.map(({ task }) => task)
  const after = async (drain: AbortSignal) => {
    if (merges && all.length > 0) await merged(context, resolved, all, drain)
  }
  if (tasks.length === 0) {
    await after(backfill.signal ?? new AbortController().signal)
    return { how: 'done', rows: 0, rejected: 0, refused: 0, late: {}, expired: 0, written: {}, seconds: 0 }
  }
  return execute({ options: filled, resolved, context, ends: null, merges: false, runOptions: backfill, after })
}

async function filling<T>({ source, log }: PipelineOptions<T, Json>, { name, from, until }: BackfillOptions): Promise<BackfillSource<T>> {
  const refuse = (message: string) => new TicketsError('OPTION_INVALID', message)
  if (!/^\w+$/.test(name)) throw refuse(`a backfill's name has letters, digits and _ only, got ${JSON.stringify(name)}`)
  const [first, last] = [time(from, 'from'), until === undefined ? undefined : time(until, 'until')]
  if (last === 'earliest' || (typeof first === 'number' && last !== undefined && first >= last))
    throw refuse(`a backfill reads from \`from\` until \`until\`, which is a later time, got ${String(from)} and ${String(until)}`)
  if (!source.backfill)
    throw refuse(`${source.name} cannot be read from an earlier place: only a source with positions in time can be filled, such as kafkaSource`)
  if (!(await log.pipeline()))
    throw refuse('the log has not begun: run the pipeline first; a backfill reads what lies before the place where it began')
  return new BackfillSource(source.backfill({ name, from: first, ...(last === undefined ? {} : { until: last }) }) as Source<T, Json>, name)
}

function time(value: BackfillOptions['from'], what: string): 'earliest' | number {
  if (value === 'earliest') return value
  const ms = value instanceof Date ? value.getTime() : value
  if (Number.isSafeInteger(ms) && ms >= 0) return ms
  throw new TicketsError('OPTION_INVALID', `${what} is a Date or epoch milliseconds, got ${String(value)}`)
}

/** Windows of windows are taken in the order of their ends, once: earlier ones that come later would all be late. */
function checkWindows<T>(graph: Graph<T>): void {
  for (const [operator, { display }] of graph.aggregations) {
    if (display.shows === 'closed')
      throw new TicketsError(
        'OPTION_INVALID',
        `${operator} gives its windows to windows, which take them in order and once, so earlier ones cannot be filled in: start over with an earlier \`from\``,
      )
  }
}

async function unfinished(log: CommitLog, parts: Backfill['parts']): Promise<Backfill['parts']> {
  const open: Backfill['parts'][number][] = []
  for (const part of parts) {
    if (!(await lastTaskRecord(log, part.task))?.ended) open.push(part)
  }
  return open
}

/**
 * Waits until the merge has it all. A pipeline that runs does that by itself, and where none does it is done here; two at once are harmless
 * (docs/internals/protocol.md#4.1). The merge is opened in any case: its last record may be that of a process that died before it was published.
 */
async function merged<T>(
  context: TaskContext<T>,
  { clock, retries, logger }: ResolvedOptions,
  tasks: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let look = 0; look < LOOKS && !(await isMerged(context.log, tasks)); look++) {
    if (signal.aborted) return
    await clock.sleep(LOOK_AGAIN, signal)
  }
  const run = async () => {
    const merge = await Merge.open(context)
    try {
      if (await isMerged(context.log, tasks)) return
      await merge.join(tasks, true)
      await merge.step(true)
    } finally {
      await merge.close()
    }
  }
  await supervise({ name: 'the merge', run, progress: () => 0 }, { retries, clock, logger, signal })
}
