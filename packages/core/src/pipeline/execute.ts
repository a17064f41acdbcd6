import { harmless, type Report, warnProcess } from '../base/harmless.ts'
import type { Json } from '../base/json.ts'
import type { RunEnd } from '../records/run-end.ts'
import { type RunSummary, totals } from '../records/totals.ts'
import type { TaskContext } from '../tasks/context.ts'
import type { PipelineOptions, ResolvedOptions } from './options.ts'
import { type Progress, progressOf } from './progress.ts'
import { Run } from './run.ts'
import { onSignals } from './signals.ts'

/** Settings of one run. */
export interface RunOptions {
  /** Drains the pipeline when it aborts. */
  signal?: AbortSignal
  /** Whether SIGINT and SIGTERM drain too (a second one stops at once); true by default. */
  handleSignals?: boolean
  /** Called about every second, and at the end, beside the pipeline's own. */
  onProgress?: (progress: Progress) => void
}

/** How often progress is reported, in milliseconds. */
const REPORT_EVERY = 1_000

interface Execution<T> {
  readonly options: PipelineOptions<T, Json>
  readonly resolved: ResolvedOptions
  readonly context: TaskContext<T>
  readonly ends: RunEnd | null
  readonly merges: boolean
  readonly runOptions: RunOptions
  /** Runs beside the tasks until it is done or drained. If it fails, the run drains and fails too. */
  readonly beside?: (drain: AbortSignal) => Promise<'done' | 'stopped'>
  /** Whose rows count beside those of the run's partitions. */
  readonly counted?: readonly string[]
  /** Called when the source ended, before the counts are read. */
  readonly after?: (drain: AbortSignal) => Promise<void>
}

/** Runs a pipeline from its first assignment to its end, and returns the counts of the run. Signals drain it. */
export async function execute<T>({
  options,
  resolved,
  context,
  ends,
  merges,
  runOptions,
  beside,
  counted = [],
  after,
}: Execution<T>): Promise<RunSummary> {
  const { log } = options
  const run = new Run(context, resolved, merges)
  const drain = new AbortController()
  const onAbort = () => drain.abort()
  runOptions.signal?.addEventListener('abort', onAbort)
  if (runOptions.signal?.aborted) onAbort()
  const offSignals = runOptions.handleSignals === false ? () => {} : onSignals(onAbort)
  const tell: Report = options.logger ? (message, error) => resolved.logger.error(message, { error }) : warnProcess
  const offReports = report([options.onProgress, runOptions.onProgress], context, run, resolved, tell)
  const tasks = [...context.partitions, ...counted]
  try {
    const before = await totals(log, tasks)
    const started = performance.now()
    const other = beside?.(drain.signal) ?? Promise.resolve('done' as const)
    other.catch(onAbort)
    const own = await run.run(ends, drain.signal).catch(async (error) => {
      onAbort()
      await other.catch(() => {})
      throw error
    })
    const how = (await other) === 'done' ? own : 'stopped'
    if (how === 'done') await after?.(drain.signal)
    const now = await totals(log, tasks)
    return { how, ...now.since(before), seconds: (performance.now() - started) / 1000 }
  } finally {
    offReports()
    offSignals()
    runOptions.signal?.removeEventListener('abort', onAbort)
  }
}

function report<T>(
  listeners: readonly (((progress: Progress) => void) | undefined)[],
  context: TaskContext<T>,
  run: Run<T>,
  { clock }: ResolvedOptions,
  onThrow: Report,
): () => void {
  const told = listeners.flatMap((listener) => (listener ? [harmless('onProgress', listener, listener, onThrow)] : []))
  if (told.length === 0) return () => {}
  let rows = 0
  let at = clock.now()
  const tell = () => {
    const now = clock.now()
    const read = [...context.statuses.values()].reduce((sum, status) => sum + status.rows, 0)
    const rate = now > at ? ((read - rows) * 1000) / (now - at) : 0
    rows = read
    at = now
    const progress = progressOf(context, run.merge?.state ?? null, Math.max(0, rate))
    for (const listener of told) listener(progress)
  }
  const timer = setInterval(tell, REPORT_EVERY)
  return () => {
    clearInterval(timer)
    tell()
  }
}
