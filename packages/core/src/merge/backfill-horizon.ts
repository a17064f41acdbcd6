import type { Json } from '../base/json.ts'
import type { TaskView } from './entry.ts'

type BackfillHorizonSnapshot = {
  readonly aside: readonly string[]
  readonly oldest: Readonly<Record<string, number>>
  readonly floors: Readonly<Record<string, number>>
  readonly unknown: boolean
}

/**
 * What the merge knows of backfills: their tasks stand aside, so that they hold no window of the others back, and windows older than any
 * it had when the backfill began are the backfill's own. Those were never shown, however old they are, and wait for its tasks alone.
 */
export class BackfillHorizon {
  readonly #views: ReadonlyMap<string, TaskView>
  readonly #aside = new Set<string>()
  /** aggregation → the least due of any window so far. */
  readonly #oldest = new Map<string, number>()
  /** The same when the current backfill joined: what lies below is its own. */
  #floors = new Map<string, number>()
  /** A log from before backfills does not tell which windows were released. */
  #isUnknown = false

  constructor(views: ReadonlyMap<string, TaskView>) {
    this.#views = views
  }

  isBackfill(task: string): boolean {
    return this.#aside.has(task)
  }

  /** Takes the tasks of a backfill in; what was seen by now is not theirs alone. */
  join(tasks: readonly string[]): void {
    for (const task of tasks) this.#aside.add(task)
    this.#floors = new Map(this.#oldest)
  }

  /** A window has a partial. */
  note(aggregation: string, due: number): void {
    if (due < (this.#oldest.get(aggregation) ?? Number.POSITIVE_INFINITY)) this.#oldest.set(aggregation, due)
  }

  /** Whether a window is the backfill's own. */
  owns(aggregation: string, due: number): boolean {
    return this.#aside.size > 0 && !this.#isUnknown && due < (this.#floors.get(aggregation) ?? Number.POSITIVE_INFINITY)
  }

  /** The limit up to which windows may be shown or released, where the others' is `limit`. */
  limit(aggregation: string, due: number, limit: number): number {
    if (!this.owns(aggregation, due)) return limit
    let min = limit
    for (const task of this.#aside) {
      const view = this.#views.get(task)
      if (!view?.ended) min = Math.min(min, view?.watermark ?? Number.NEGATIVE_INFINITY)
    }
    return min
  }

  snapshot(): Json {
    return { aside: [...this.#aside], oldest: Object.fromEntries(this.#oldest), floors: Object.fromEntries(this.#floors), unknown: this.#isUnknown }
  }

  /** @param cut undefined in a record from before backfills */
  restore(cut: Json | undefined): void {
    if (cut === undefined) {
      this.#isUnknown = true
      return
    }
    const { aside, oldest, floors, unknown } = cut as BackfillHorizonSnapshot
    for (const task of aside) this.#aside.add(task)
    for (const [aggregation, due] of Object.entries(oldest)) this.note(aggregation, due)
    this.#floors = new Map(Object.entries(floors))
    this.#isUnknown ||= unknown
  }
}

/** The least watermark of the tasks that count; Infinity when none does. */
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
