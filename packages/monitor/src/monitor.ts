import type { RunWatcher, Telemetry, WatchedRun } from '@tickets/core'
import { type Metrics, RunMetrics } from './metrics/metrics.ts'
import { healthOf, Readiness, type Verdict } from './runs/health.ts'
import { Runs } from './runs/runs.ts'
import { type PipelineStatus, statusOf } from './runs/status.ts'

/** Telemetry that answers whether pipelines are well, and how far they are. */
export interface Monitor extends Metrics {
  /** Returns whether no pipeline has failed. */
  health(): Verdict
  /** Returns whether a run has started, knows its partitions, and is not stuck. Call it about as often as ranges end: a task is stuck that keeps rows waiting from look to look. */
  readiness(): Verdict
  /** Returns what is known of the last run of each pipeline and backfill. */
  status(): readonly PipelineStatus[]
}

/** Settings of a monitor. */
export interface MonitorOptions {
  /** How many times its `range.time` a pipeline may keep rows waiting without a commit before it is not ready; 3 by default. */
  readonly patience?: number
}

/**
 * Creates a monitor: metrics, health and status of the pipelines that it is given to.
 *
 * @example
 * const watched = monitor()
 * await serveMonitor(watched, { port: 9464 })
 * await pipeline({ …, telemetry: watched }).run()
 */
export const monitor = (options: MonitorOptions = {}): Monitor => monitorOf(new Runs(), options)

/** Creates a monitor over runs that something else watches, too. */
export function monitorOf(runs: Runs, { patience }: MonitorOptions): Monitor {
  const kept = new RunMetrics(runs)
  const readiness = new Readiness(patience)
  return {
    watch: (run: WatchedRun): RunWatcher => kept.watch(run),
    read: () => kept.read(),
    health: () => healthOf(runs.all),
    readiness: () => readiness.look(runs.all),
    status: () => runs.all.map(statusOf),
  } satisfies Telemetry & Monitor
}
