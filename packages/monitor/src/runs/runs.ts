import type { RunWatcher, WatchedRun } from '@tickets/core'
import type { Observation } from '../catalogue/catalogue.ts'
import { ofEnd, ofRange, ofRetry } from '../catalogue/events.ts'
import { ofState } from '../catalogue/gauges.ts'
import { RunView } from './run-view.ts'

/** Keeps the last run of each pipeline and backfill, and turns their events into observations of the catalogue. */
export class Runs {
  readonly #views = new Map<string, RunView>()

  /** The last run of each pipeline, in the order in which they were first seen. */
  get all(): readonly RunView[] {
    return [...this.#views.values()]
  }

  /** Begins to watch a run. `observe` gets what counters and histograms take. */
  watch(run: WatchedRun, observe: (observation: Observation) => void): RunWatcher {
    const view = new RunView(run)
    this.#views.set(view.name, view)
    const all = (observations: readonly Observation[]) => {
      for (const one of observations) observe(one)
    }
    return {
      committed(range) {
        view.committed(range)
        all(ofRange(view.name, range))
      },
      retried(retry) {
        view.retried(retry)
        all(ofRetry(view.name, retry))
      },
      ended(end) {
        view.ended(end)
        all(ofEnd(view.name, end))
      },
    }
  }

  /** Returns what the gauges are at this moment. */
  gauges(): Observation[] {
    return this.all.flatMap((view) => {
      const state = view.state()
      return state ? ofState(view.name, state, view.tasks) : [{ metric: 'tickets_up' as const, labels: { pipeline: view.name }, value: 0 }]
    })
  }
}
