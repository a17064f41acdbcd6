import type { Json } from '../base/json.ts'
import { harmless, type Report, warnProcess } from '../base/log/harmless.ts'
import { codeOf, logEvent } from '../base/log/log-events.ts'
import type { Progress } from '../connectors/progress.ts'
import type { Telemetry } from '../connectors/telemetry.ts'
import type { RunEnd } from '../records/run-end.ts'
import { countedSince, type RunSummary, totals } from '../records/totals.ts'
import type { TaskContext } from '../tasks/context.ts'
import type { PipelineOptions, ResolvedOptions } from './options.ts'
import { ProgressReader } from './progress.ts'
import { Run } from './run.ts'
import { onSignals } from './signals.ts'
import { watchedRun } from './watched-run.ts'

/** Settings of one run. */
export interface RunOptions {
  /** Drains the pipeline when it aborts. */
  signal?: AbortSignal
  /** Whether SIGINT and SIGTERM drain too (a second one stops at once); true by default. */
  handleSignals?: boolean
  /** Called about every second, and at the end, beside the pipeline's own. */
  onProgress?: (progress: Progress) => void
  /** Watches this run, beside the pipeline's own. */
  telemetry?: Telemetry | readonly Telemetry[]
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
  /** The name of the backfill that this is. */
  readonly backfill?: string
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
  backfill,
  after,
}: Execution<T>): Promise<RunSummary> {
  const { log } = options
  const run = new Run(context, resolved, merges)
  const drain = new AbortController()
  const onAbort = () => drain.abort()
  runOptions.signal?.addEventListener('abort', onAbort)
  if (runOptions.signal?.aborted) onAbort()
  const offSignals = runOptions.handleSignals === false ? () => {} : onSignals(onAbort)
  const toLog: Report = (message, error) => logEvent(resolved.logger, 'callback.threw', { code: codeOf(error), err: error }, message)
  const tell = options.logger ? toLog : warnProcess
  for (const telemetry of [options.telemetry ?? [], runOptions.telemetry ?? []].flat())
    context.events.watch(telemetry, watchedRun(context, run, resolved, backfill), tell)
  const offReports = report([options.onProgress, runOptions.onProgress], context, run, tell)
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
    context.events.ended({ how, at: resolved.clock.now() })
    return { how, ...countedSince(now, before), seconds: (performance.now() - started) / 1000 }
  } catch (error) {
    context.events.ended({ how: 'failed', error, at: resolved.clock.now() })
    throw error
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
  onThrow: Report,
): () => void {
  const told = listeners.flatMap((listener) => (listener ? [harmless('onProgress', listener, listener, onThrow)] : []))
  if (told.length === 0) return () => {}
  const reader = new ProgressReader(context, () => run.merge?.state ?? null)
  const tell = () => {
    const progress = reader.read()
    for (const listener of told) listener(progress)
  }
  const timer = setInterval(tell, REPORT_EVERY)
  return () => {
    clearInterval(timer)
    tell()
  }
}
