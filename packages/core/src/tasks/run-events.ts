import { harmless, type Report } from '../base/log/harmless.ts'
import type { CommittedRange, EndedRun, Retry, RunWatcher, Telemetry, WatchedRun } from '../connectors/telemetry.ts'

/** Passes the events of a run to those that watch it. Tasks and merge report here, whether anyone watches or not. */
export class RunEvents implements Required<RunWatcher> {
  readonly #watchers: Required<RunWatcher>[] = []

  /** Whether anyone watches: reports need not be made where nobody does. */
  get isWatched(): boolean {
    return this.#watchers.length > 0
  }

  /** Adds one that watches. The first thing that it throws is reported, and stops nothing. */
  watch(telemetry: Telemetry, run: WatchedRun, report: Report): void {
    let watcher: RunWatcher = {}
    const call = <A extends unknown[]>(callback: (...args: A) => unknown) => harmless('telemetry', telemetry, callback, report)
    call(() => {
      watcher = telemetry.watch(run)
    })()
    this.#watchers.push({
      committed: call((range: CommittedRange) => watcher.committed?.(range)),
      retried: call((retry: Retry) => watcher.retried?.(retry)),
      ended: call((end: EndedRun) => watcher.ended?.(end)),
    })
  }

  committed(range: CommittedRange): void {
    for (const watcher of this.#watchers) watcher.committed(range)
  }

  retried(retry: Retry): void {
    for (const watcher of this.#watchers) watcher.retried(retry)
  }

  ended(end: EndedRun): void {
    for (const watcher of this.#watchers) watcher.ended(end)
  }
}
