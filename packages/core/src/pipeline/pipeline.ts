import { TicketsError } from '../errors/errors.ts'
import { begin } from './begin.ts'
import { type Ends, resolveRun } from './bounds.ts'
import { Budget } from './budget.ts'
import { fingerprintOf } from './fingerprint.ts'
import { Graph } from './graph.ts'
import type { PipelineRecord } from './log.ts'
import { MERGE, type MergeBody } from './merge.ts'
import { checkNeeds } from './needs.ts'
import { type PipelineOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { progressOf } from './progress.ts'
import { Run } from './run.ts'
import { mergeOutputs, type Runtime, taskOutputs } from './runtime.ts'
import { onSignals } from './signals.ts'
import type { Json, Source, SourceInfo } from './source.ts'
import { type RunSummary, totals } from './summary.ts'

export interface RunOptions {
  /** Drains the pipeline when it aborts. */
  signal?: AbortSignal
  /** Whether SIGINT and SIGTERM drain too (a second one stops at once); true by default. */
  handleSignals?: boolean
}

/** A pipeline, ready to run. */
export interface Pipeline {
  /**
   * Runs until the source ends, `signal` aborts, or something fails for good; resolves when all that was read is committed and visible.
   * Running again goes on from there.
   */
  run(options?: RunOptions): Promise<RunSummary>
}

/** How often progress is reported, in milliseconds. */
const REPORT_EVERY = 1_000

/**
 * A pipeline from a source through flows into sinks, exactly once: a task for each partition, records that are created only if absent,
 * and the merge that puts windows together.
 *
 * @throws `OPTION_INVALID` for options that make no sense; `run` rejects with what stops it, see docs/errors.md
 * @example
 * await pipeline({ name: 'lake', source: generator({ tickets: 1000 }), log: commitLog('data/log'),
 *   flows: (tickets) => ({ tickets: tickets.pipe(into(parquetSink('data/tickets'))) }) }).run() // { how: 'done', rows: 1000, … }
 */
export function pipeline<T, P>(options: PipelineOptions<T, P>): Pipeline {
  const resolved = resolveOptions(options)
  let running = false
  return {
    async run(runOptions = {}) {
      if (running)
        throw new TicketsError(
          'OPTION_INVALID',
          `the pipeline "${options.name}" is running already: wait for it, or make a second one with a log of its own`,
        )
      running = true
      try {
        return await runOnce(options as unknown as PipelineOptions<T, Json>, resolved, runOptions)
      } finally {
        running = false
      }
    },
  }
}

async function runOnce<T>(options: PipelineOptions<T, Json>, resolved: ResolvedOptions, runOptions: RunOptions): Promise<RunSummary> {
  const { name, source, log, flows } = options
  const graph = new Graph('task', source.schema, flows)
  graph.close()
  const ofMerge = mergeOutputs(graph)
  if (graph.needs.size > 0) checkNeeds(graph, source, (await source.describe()).partitions.length)
  const outputs = [...taskOutputs(graph, options as unknown as Runtime<T>), ...ofMerge]
  const { record, info } = await begin({ name, source, log, outputs, fingerprint: fingerprintOf(graph, source.schema) })
  const ends = source.until === 'now' ? await resolveRun(log, info, ofMerge.length > 0) : null
  const merges = ofMerge.length > 0
  const runtime = await makeRuntime(options, resolved, record, info, ends, merges)
  const run = new Run(runtime, resolved, merges)
  runtime.notify = run.notify
  const drain = new AbortController()
  const onAbort = () => drain.abort()
  runOptions.signal?.addEventListener('abort', onAbort)
  if (runOptions.signal?.aborted) onAbort()
  const offSignals = runOptions.handleSignals === false ? () => {} : onSignals(onAbort)
  const offReports = report(options, runtime, run, resolved)
  const before = await totals(log, runtime.partitions)
  const started = performance.now()
  try {
    const how = await run.run(ends, drain.signal)
    const after = await totals(log, runtime.partitions)
    return { how, ...after.since(before), seconds: (performance.now() - started) / 1000 }
  } finally {
    offReports()
    offSignals()
    runOptions.signal?.removeEventListener('abort', onAbort)
  }
}

/** Partitions of the record, then those that joined later, then those that the source has by now. */
async function makeRuntime<T>(
  options: PipelineOptions<T, Json>,
  resolved: ResolvedOptions,
  record: PipelineRecord,
  info: SourceInfo<Json>,
  ends: Ends | null,
  merges: boolean,
): Promise<Runtime<T> & { notify: () => void }> {
  const { source, log } = options
  const merged = (await log.head(MERGE))?.body as unknown as MergeBody | undefined
  const known = [...record.partitions.map(({ id }) => id), ...(merged?.joined ?? []), ...info.partitions.map(({ id }) => id)]
  const runtime = {
    name: options.name,
    logId: record.logId,
    source: source as Source<T, Json>,
    log,
    flows: options.flows,
    deadLetters: options.deadLetters,
    late: options.late,
    clock: resolved.clock,
    logger: resolved.logger,
    budget: new Budget(resolved.memory),
    time: resolved.time,
    range: resolved.range,
    begun: record.partitions.map(({ id }) => id),
    partitions: [...new Set(known)],
    startOf: async (partition: string) => {
      const begun = record.partitions.find(({ id }) => id === partition)
      // Protocol 1.2: what was added later starts at its earliest position.
      if (begun) return begun.start
      const found = (await source.describe()).partitions.find(({ id }) => id === partition)
      if (!found) throw new TicketsError('SOURCE_CHANGED', `the source has no partition ${partition}`, { retryable: true })
      return found.earliest
    },
    endOf: (partition: string) => ends?.[partition],
    neededFrom: async (task: string) => {
      if (!merges) return Number.POSITIVE_INFINITY
      return ((await log.head(MERGE))?.body as unknown as MergeBody | undefined)?.position[task] ?? -1
    },
    notify: () => {},
    committed: () => runtime.notify(),
    statuses: new Map(),
  }
  return runtime
}

function report<T>(options: PipelineOptions<T, Json>, runtime: Runtime<T>, run: Run<T>, { clock }: ResolvedOptions): () => void {
  const { onProgress } = options
  if (!onProgress) return () => {}
  let rows = 0
  let at = clock.now()
  const tell = () => {
    const now = clock.now()
    const read = [...runtime.statuses.values()].reduce((sum, status) => sum + status.rows, 0)
    const rate = now > at ? ((read - rows) * 1000) / (now - at) : 0
    rows = read
    at = now
    onProgress(progressOf(runtime, run.merge?.state ?? null, Math.max(0, rate)))
  }
  const timer = setInterval(tell, REPORT_EVERY)
  return () => {
    clearInterval(timer)
    tell()
  }
}
