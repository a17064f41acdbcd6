import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { byName } from '../base/own-names.ts'
import type { Source } from '../connectors/source.ts'
import type { Graph } from '../dataflow/graph.ts'
import { backfillsOf, resolveBackfill, unfinishedParts } from '../records/backfill-record.ts'
import { MERGE } from '../records/merge-record.ts'
import { flowOf } from '../records/operator-state-record.ts'
import { isMerged } from '../records/run-end.ts'
import type { RunSummary } from '../records/totals.ts'
import type { TaskContext } from '../tasks/context.ts'
import { Merge } from '../tasks/merge-task.ts'
import { supervise } from '../tasks/restart.ts'
import { backfillContext } from './backfills/backfill-context.ts'
import { BackfillSource } from './backfills/backfill-source.ts'
import { type ChangedRecord, versionedName } from './changes/change-record.ts'
import { coverageOf, earlierBackfills } from './changes/coverage.ts'
import { readFingerprint } from './changes/fingerprint.ts'
import { execute, type RunOptions } from './execute.ts'
import { makeContext } from './make-context.ts'
import type { PipelineOptions, ResolvedOptions } from './options.ts'
import { prepare } from './prepare.ts'

/** Settings of `pipeline(…).backfill`. */
export interface BackfillOptions extends RunOptions {
  /** Names the backfill in the log and its files; letters, digits and `_`. */
  name: string
  /** Where to start: at the first available message, or from this time on (a Date, or epoch milliseconds). The start is resolved when the backfill begins. */
  from: 'earliest' | Date | number
  /** Up to the first message at this time; by default up to what the log covers already. */
  until?: Date | number
  /** The flows that get it; by default all that lack something of it. What a flow has already is left out, for each flow by itself. */
  flows?: readonly string[]
}

/** The pause between two looks at the merge of a running pipeline, in milliseconds. */
const LOOK_AGAIN = 250
/** The number of looks after which this process merges by itself. */
const LOOKS = 8

/** Runs a backfill: the tasks of `BackfillSource`, in the log of the pipeline. */
export async function runBackfill<T>(options: PipelineOptions<T, Json>, resolved: ResolvedOptions, backfill: BackfillOptions): Promise<RunSummary> {
  const { log } = options
  const source = await filling(options, backfill)
  const filled = { ...options, source, changes: {} }
  const prepared = await prepare(filled, resolved, (graph, versions) =>
    checkWindows(
      graph,
      backfill.flows?.map((flow) => versionedName(flow, byName(versions)[flow])),
    ),
  )
  const { record, info } = prepared
  const merges = prepared.writers.merge.length > 0
  const found = await resolveBackfill(log, {
    name: backfill.name,
    flows: logNames(record, backfill.flows),
    covers: (all, flow, partition) => coverageOf(record, all, flow, partition),
    others: record.fills,
    check: prepared.checkShared,
    partitions: record.partitions.map(({ id }) => id),
    asked: info.partitions.map((partition) => ({ ...partition, id: source.originOf(partition.id) })),
  })
  const open = await unfinishedParts(log, found)
  const whole = await makeContext(filled, resolved, prepared, null)
  const earlier = earlierBackfills(await backfillsOf(log), record.fills, found)
  const all = found.parts.map(({ task }) => task)
  const after = async (drain: AbortSignal) => {
    if (merges && all.length > 0) await mergeAll(whole, resolved, all, drain)
  }
  if (open.length === 0) {
    await after(backfill.signal ?? new AbortController().signal)
    return { how: 'done', rows: 0, rejected: 0, unmapped: 0, refused: 0, late: {}, expired: 0, written: {}, seconds: 0 }
  }
  const context = backfillContext(whole, record, resolved, { source, backfill: found, open, earlier })
  return execute({ options: filled, resolved, context, ends: null, merges: false, runOptions: backfill, backfill: found.name, after })
}

/** The flows of a backfill by their names in the log. */
function logNames({ fingerprint, versions }: ChangedRecord, flows: readonly string[] | undefined): string[] {
  const known = Object.keys(readFingerprint(fingerprint).flows)
  if (!flows) return known
  return flows.map((flow) => {
    const name = versionedName(flow, byName(versions)[flow])
    if (known.includes(name)) return name
    throw new TicketsError('OPTION_INVALID', `there is no flow "${flow}" to fill: there is ${known.join(', ')}`)
  })
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

/** Refuses joins with other sources, and windows of windows: those are counted once, in the order of their ends, so the earlier windows of a backfill would all be late. */
function checkWindows<T>(graph: Graph<T>, flows: readonly string[] | undefined): void {
  const [joined] = graph.inputs.sources.keys()
  if (joined !== undefined)
    throw new TicketsError(
      'OPTION_INVALID',
      `a flow joins ${joined}, and a backfill reads the pipeline's own source alone: run the pipeline from the beginning under another name, with a log and targets of its own`,
    )
  for (const [operator, { display }] of graph.aggregations) {
    if (display.shows === 'closed' && (!flows || flows.includes(flowOf(operator))))
      throw new TicketsError(
        'OPTION_INVALID',
        `${operator} gives its windows to windows, which take them in order and once, so earlier ones cannot be filled in: start over with an earlier \`from\``,
      )
  }
}

/**
 * Waits a moment for the merge of a running pipeline to fold all records, then merges in this process. The merge is opened in any case: its last record
 * may be from a process that died before it was published.
 */
async function mergeAll<T>(context: TaskContext<T>, resolved: ResolvedOptions, tasks: readonly string[], signal: AbortSignal): Promise<void> {
  for (let look = 0; look < LOOKS && !(await isMerged(context.log, tasks)); look++) {
    if (signal.aborted) return
    await resolved.clock.sleep(LOOK_AGAIN, signal)
  }
  await mergeHere(context, resolved, tasks, signal)
}

/** Merges in this process until the merge has all records of these tasks. Overlapping merges are harmless (docs/internals/protocol.md#4.1). */
export async function mergeHere<T>(
  context: TaskContext<T>,
  { clock, retries, logger }: ResolvedOptions,
  tasks: readonly string[],
  signal: AbortSignal,
): Promise<void> {
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
  const onRetry = (error: unknown, failures: number) => context.events.retried({ task: MERGE, error, failures, at: clock.now() })
  await supervise({ name: 'the merge', run, progress: () => 0 }, { retries, clock, logger, onRetry, signal })
}
