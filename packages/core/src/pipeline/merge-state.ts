import type { Partial, Shown, Stateful } from './scope.ts'
import type { Json } from './source.ts'
import type { TaskBody } from './task-body.ts'

/** What the merge knows of a task: how far it has folded its records, and what the last of them said. */
export interface TaskView {
  n: number
  /** null is -Infinity: no row yet. */
  watermark: number | null
  idle: boolean
  ended: boolean
  to: Json
}

interface Part {
  readonly rows: number
  readonly closed: boolean
  readonly acc: Json
}

interface Entry {
  readonly due: number
  readonly parts: Map<string, Part>
  /** How often it was shown, less one; -1 before the first time. */
  revision: number
  /** Has changed since it was last shown. */
  dirty: boolean
}

/** `[aggregation, key, due, revision, dirty, [[task, part]…]]`; due and everything after it are left out for an entry let go. */
type EntryCut = readonly [string, string, (number | null)?, number?, boolean?, (readonly (readonly [string, Part])[])?]

interface Cut {
  readonly entries: readonly EntryCut[]
  readonly tasks: Readonly<Record<string, TaskView>>
  readonly clock: number | null
  readonly expired: number
}

/** Results that are due, by aggregation. */
export type Due = ReadonlyMap<string, readonly Shown[]>

/**
 * The fold of all tasks' records into windows (protocol 4): plain, synchronous, the same for the same records in the same order.
 */
export class MergeState implements Stateful {
  readonly id = 'merge'
  readonly version = 1
  /** The partitions it waits for, in order; one without a record counts as -Infinity. */
  readonly tasks: string[]
  readonly views = new Map<string, TaskView>()
  /** Rows of partials that came later than `keepFor` after their window was shown. */
  expired = 0

  readonly #keepFor: number
  /** aggregation → due → key → entry; so that showing looks only at what is due. */
  readonly #entries = new Map<string, Map<number, Map<string, Entry>>>()
  #clock = Number.NEGATIVE_INFINITY
  /** What changed since the last cut: `[aggregation, due, key]` → the tasks whose parts did. */
  readonly #touched = new Map<string, { at: readonly [string, number, string]; tasks: Set<string> }>()

  constructor(tasks: readonly string[], keepFor: number) {
    this.tasks = [...tasks]
    this.#keepFor = keepFor
  }

  /** The number of the last record folded of a task; -1 before the first. */
  position(task: string): number {
    return this.views.get(task)?.n ?? -1
  }

  /** Takes one record in. Records of a task come in their order. */
  fold(task: string, n: number, body: TaskBody): void {
    for (const [aggregation, partials] of Object.entries(body.partials)) {
      for (const partial of partials) this.#take(aggregation, task, partial)
    }
    this.views.set(task, { n, watermark: body.watermark, idle: body.idle, ended: body.ended, to: body.to })
    const min = this.minimum()
    if (min > this.#clock && Number.isFinite(min)) this.#clock = min
  }

  /** The minimum watermark of the tasks that are not idle; Infinity when all are (or have ended). */
  minimum(): number {
    let min = Number.POSITIVE_INFINITY
    for (const task of this.tasks) {
      const view = this.views.get(task)
      if (view?.idle || view?.ended) continue
      min = Math.min(min, view?.watermark ?? Number.NEGATIVE_INFINITY)
    }
    return min
  }

  /** What is due now, each key with the accumulators of all tasks in their order; it counts as shown. In order of (due, key). */
  show(): Due {
    const min = this.minimum()
    const due = new Map<string, Shown[]>()
    for (const [aggregation, byDue] of this.#entries) {
      const results: Shown[] = []
      for (const [at, entries] of [...byDue].filter(([time]) => time <= min).sort(([a], [b]) => a - b)) {
        const gone = this.#isOver(at)
        for (const [key, entry] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
          if (!entry.dirty && !gone) continue
          if (entry.dirty) {
            entry.revision++
            entry.dirty = false
            results.push({ key, accs: this.#accs(entry), revision: entry.revision })
          }
          this.#touch(aggregation, at, key)
          if (gone) entries.delete(key)
        }
        if (entries.size === 0) byDue.delete(at)
      }
      if (results.length > 0) due.set(aggregation, results)
    }
    return due
  }

  /** How many results wait for their time. */
  get waiting(): number {
    let waiting = 0
    for (const byDue of this.#entries.values()) for (const entries of byDue.values()) for (const entry of entries.values()) if (entry.dirty) waiting++
    return waiting
  }

  rangeEnd(): void {}

  cut(whole: boolean): Json {
    const entries: EntryCut[] = []
    const put = (aggregation: string, due: number, key: string, entry: Entry | undefined, tasks: Iterable<string>) => {
      if (!entry) return void entries.push([aggregation, key])
      const parts = [...tasks].map((task) => [task, entry.parts.get(task) as Part] as const)
      entries.push([aggregation, key, Number.isFinite(due) ? due : null, entry.revision, entry.dirty, parts])
    }
    if (whole) {
      for (const [aggregation, byDue] of this.#entries) {
        for (const [due, all] of byDue) for (const [key, entry] of all) put(aggregation, due, key, entry, entry.parts.keys())
      }
    } else {
      for (const { at, tasks } of this.#touched.values()) put(at[0], at[1], at[2], this.#entries.get(at[0])?.get(at[1])?.get(at[2]), tasks)
    }
    this.#touched.clear()
    const clock = Number.isFinite(this.#clock) ? this.#clock : null
    return { entries, tasks: Object.fromEntries(this.views), order: this.tasks, clock, expired: this.expired } as unknown as Json
  }

  apply(json: Json): void {
    const cut = json as unknown as Cut & { order: readonly string[] }
    for (const [aggregation, key, due = null, revision = -1, dirty = false, parts] of cut.entries) {
      if (!parts) {
        this.#drop(aggregation, key)
        continue
      }
      const entry = this.#entry(aggregation, due ?? Number.POSITIVE_INFINITY, key)
      for (const [task, part] of parts) entry.parts.set(task, part)
      entry.revision = revision
      entry.dirty = dirty
    }
    for (const [task, view] of Object.entries(cut.tasks)) this.views.set(task, { ...view })
    for (const task of cut.order) if (!this.tasks.includes(task)) this.tasks.push(task)
    this.#clock = cut.clock ?? Number.NEGATIVE_INFINITY
    this.expired = cut.expired
  }

  #take(aggregation: string, task: string, { key, due, rows, closed, acc }: Partial): void {
    const at = due ?? Number.POSITIVE_INFINITY
    if (this.#clock >= at + this.#keepFor && !this.#entries.get(aggregation)?.get(at)?.has(key)) {
      this.expired += rows
      return
    }
    const entry = this.#entry(aggregation, at, key)
    const before = entry.parts.get(task)
    // The same rows again, now closed, change nothing that anybody sees.
    if (before?.rows !== rows) entry.dirty = true
    entry.parts.set(task, { rows, closed, acc })
    this.#touch(aggregation, at, key).add(task)
  }

  #entry(aggregation: string, due: number, key: string): Entry {
    const byDue = getOrPut(this.#entries, aggregation, () => new Map<number, Map<string, Entry>>())
    const entries = getOrPut(byDue, due, () => new Map<string, Entry>())
    return getOrPut(entries, key, () => ({ due, parts: new Map<string, Part>(), revision: -1, dirty: false }))
  }

  #drop(aggregation: string, key: string): void {
    const byDue = this.#entries.get(aggregation)
    for (const [due, entries] of byDue ?? []) {
      if (entries.delete(key) && entries.size === 0) byDue?.delete(due)
    }
  }

  #touch(aggregation: string, due: number, key: string): Set<string> {
    return getOrPut(this.#touched, `${aggregation}\u0000${due}\u0000${key}`, () => ({
      at: [aggregation, due, key] as const,
      tasks: new Set<string>(),
    })).tasks
  }

  /** No partial can come any more (every task has closed it), or none would count (`keepFor`). */
  #isOver(due: number): boolean {
    if (this.#clock >= due + this.#keepFor) return true
    return this.tasks.every((task) => {
      const view = this.views.get(task)
      return view?.ended || (view?.watermark ?? Number.NEGATIVE_INFINITY) >= due
    })
  }

  /** In the order of the tasks, whatever order their partials came in. */
  #accs(entry: Entry): Json[] {
    const known = this.tasks.filter((task) => entry.parts.has(task))
    const others = [...entry.parts.keys()].filter((task) => !this.tasks.includes(task)).sort()
    return [...known, ...others].map((task) => (entry.parts.get(task) as Part).acc)
  }
}

function getOrPut<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
