import type { RunWatcher, Telemetry, WatchedRun } from '@tickets/core'
import { Runs } from '../runs/runs.ts'
import { type MetricFamily, MetricStore } from './store.ts'

/** Telemetry that keeps the metrics of all pipelines that it is given to. */
export interface Metrics extends Telemetry {
  /** Returns all metrics of the catalogue as they are now. */
  read(): readonly MetricFamily[]
}

/**
 * Creates telemetry that keeps counters, gauges and histograms in plain objects. One may watch several pipelines. Counters begin at 0 with the process,
 * and count what this process has committed.
 *
 * @example
 * const watched = metrics()
 * await pipeline({ …, telemetry: watched }).run()
 * watched.read().find(({ name }) => name === 'tickets_rows_read_total')?.values // [{ labels: { pipeline: 'lake', task: 'tickets-0' }, value: 1000 }]
 */
export const metrics = (): Metrics => new RunMetrics(new Runs())

/** Keeps the metrics of these runs. */
export class RunMetrics implements Metrics {
  readonly #runs: Runs
  readonly #store = new MetricStore()

  constructor(runs: Runs) {
    this.#runs = runs
  }

  watch(run: WatchedRun): RunWatcher {
    return this.#runs.watch(run, this.#store.observe)
  }

  read(): readonly MetricFamily[] {
    return this.#store.families(this.#runs.gauges())
  }
}
