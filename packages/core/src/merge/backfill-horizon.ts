import type { Json } from '../base/json.ts'
import type { TaskView } from './entry.ts'

type BackfillHorizonSnapshot = {
  readonly aside: readonly string[]
  readonly oldest: Readonly<Record<string, number>>
  readonly floors: Readonly<Record<string, number>>
  readonly unknown: boolean
}

/**
 * Keeps what the merge knows about backfills. Backfill tasks do not delay the windows of other tasks. Windows older than every window known when the
 * backfill started belong to the backfill: they were never emitted, however old they are, and wait for the backfill's tasks only.
 */
export class BackfillHorizon {
  readonly #views: ReadonlyMap<string, TaskView>
  readonly #backfills = new Set<string>()
  /** aggregation → the earliest close time of any window so far. */
  readonly #oldest = new Map<string, number>()
  /** The same at the moment when the current backfill joined. Windows with an earlier close time belong to the backfill. */
  #floors = new Map<string, number>()
  /** The log began before backfills existed, so it does not say which windows were released. */
  #isUnknown = false

  constructor(views: ReadonlyMap<string, TaskView>) {
    this.#views = views
  }

  isBackfill(task: string): boolean {
    return this.#backfills.has(task)
  }

  /** Adds the tasks of a backfill. Windows known by now do not belong to it. */
  join(tasks: readonly string[]): void {
    for (const task of tasks) this.#backfills.add(task)
    this.#floors = new Map(this.#oldest)
  }

  /** Records the close time of a window that has a partial aggregate. */
  note(aggregation: string, closeTime: number): void {
    if (closeTime < (this.#oldest.get(aggregation) ?? Number.POSITIVE_INFINITY)) this.#oldest.set(aggregation, closeTime)
  }

  /** Returns whether a window belongs to the backfill. */
  owns(aggregation: string, closeTime: number): boolean {
    return this.#backfills.size > 0 && !this.#isUnknown && closeTime < (this.#floors.get(aggregation) ?? Number.POSITIVE_INFINITY)
  }

  /** Returns the close time up to which a window may be emitted or released: `limit`, or the least watermark of the backfill if it owns the window. */
  limit(aggregation: string, closeTime: number, limit: number): number {
    if (!this.owns(aggregation, closeTime)) return limit
    let min = limit
    for (const task of this.#backfills) {
      const view = this.#views.get(task)
      if (!view?.ended) min = Math.min(min, view?.watermark ?? Number.NEGATIVE_INFINITY)
    }
    return min
  }

  snapshot(): Json {
    return {
      aside: [...this.#backfills],
      oldest: Object.fromEntries(this.#oldest),
      floors: Object.fromEntries(this.#floors),
      unknown: this.#isUnknown,
    }
  }

  /** Restores a snapshot; undefined in a record from before backfills. */
  restore(snapshot: Json | undefined): void {
    if (snapshot === undefined) {
      this.#isUnknown = true
      return
    }
    const { aside, oldest, floors, unknown } = snapshot as BackfillHorizonSnapshot
    for (const task of aside) this.#backfills.add(task)
    for (const [aggregation, closeTime] of Object.entries(oldest)) this.note(aggregation, closeTime)
    this.#floors = new Map(Object.entries(floors))
    this.#isUnknown ||= unknown
  }
}

/** Returns the least watermark of the tasks for which `counts` is true; Infinity if there is none. */
export function leastWatermark(
  tasks: readonly string[],
  views: ReadonlyMap<string, TaskView>,
  counts: (task: string, view: TaskView | undefined) => boolean,
): number {
  let min = Number.POSITIVE_INFINITY
  for (const task of tasks) {
    const view = views.get(task)
    if (counts(task, view)) min = Math.min(min, view?.watermark ?? Number.NEGATIVE_INFINITY)
  }
  return min
}
