import { accOf, type Entry, type EntryCut, freeze, getOrPut, type MergeCut, nameOf, type Part, rowsOf, type TaskView } from './merge-entry.ts'
import { leastWatermark, MergeZone } from './merge-zone.ts'
import type { Display, Partial, Shown, Stateful } from './scope.ts'
import type { Json } from './source.ts'
import type { TaskBody } from './task-body.ts'

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

  /** The frontier up to which results were shown. */
  shownTo = Number.NEGATIVE_INFINITY

  readonly #zone = new MergeZone(this.views)
  readonly #keepFor: number
  readonly #grows: boolean
  readonly #displays: ReadonlyMap<string, { readonly display: Display }>
  /** aggregation → due → key → entry; so that showing looks only at what is due. */
  readonly #entries = new Map<string, Map<number, Map<string, Entry>>>()
  #clock = Number.NEGATIVE_INFINITY
  /** What changed since the last cut: `[aggregation, due, key]` → the tasks whose parts did. */
  readonly #touched = new Map<string, { at: readonly [string, number, string]; tasks: Set<string> }>()

  /** aggregation → dues of entries that may have changed since they were shown. */
  readonly #fresh = new Map<string, Set<number>>()
  /** aggregation → entries that changed since they were shown, where changes are shown at once. */
  readonly #changed = new Map<string, Map<Entry, readonly [number, string]>>()
  /** Rows of open partials whose window was let go: their task will tell them again when it closes it. `aggregation, task, key` → rows. */
  readonly #counted = new Map<string, { at: readonly [string, string, string]; rows: number }>()
  /** What `fill` has shown, by aggregation. */
  readonly #fills = new Map<string, Json>()

  /** @param grows partitions may join, whose rows may be of windows that all the others have closed */
  constructor(tasks: readonly string[], keepFor: number, displays: ReadonlyMap<string, { readonly display: Display }> = new Map(), grows = false) {
    this.tasks = [...tasks]
    this.#keepFor = keepFor
    this.#grows = grows
    this.#displays = displays
  }

  /** The number of the last record folded of a task; -1 before the first. */
  position(task: string): number {
    return this.views.get(task)?.n ?? -1
  }

  /** Takes in tasks that join; those of a backfill (`aside`) hold nothing of the others back. */
  join(tasks: readonly string[], aside: boolean): void {
    this.tasks.push(...tasks)
    if (aside) this.#zone.join(tasks)
  }

  readonly isAside = (task: string): boolean => this.#zone.isAside(task)

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
    return leastWatermark(this.tasks, this.views, (task, view) => !view?.idle && !view?.ended && !this.isAside(task))
  }

  /** What no row can change any more: every task has closed it, or would come too late (`keepFor`). */
  frontier(): number {
    const min = leastWatermark(this.tasks, this.views, (task, view) => !view?.ended && !this.isAside(task))
    return Math.max(min, this.#clock - this.#keepFor)
  }

  /** What is due now, each key with the accumulators of all tasks in their order; it counts as shown. In order of (due, key). */
  show(): Due {
    const frontier = this.frontier()
    const due = new Map<string, Shown[]>()
    for (const [aggregation, byDue] of this.#entries) {
      const display = this.#displays.get(aggregation)?.display
      const shows = display?.shows ?? 'final'
      const limit = shows === 'final' ? this.minimum() : frontier
      this.#fill(aggregation, display, limit)
      const results: Shown[] = []
      for (const [at, key, entry] of this.#candidates(aggregation, byDue, limit)) {
        const edge = this.#zone.limit(aggregation, at, frontier)
        const isGone = this.#isGone(at, edge, shows)
        const isFinal = shows === 'updates' ? isGone : at <= edge
        if (!entry.dirty && !isGone) continue
        // Where changes are shown, the last word is one of them.
        if (entry.dirty || (isGone && shows === 'updates')) {
          entry.revision++
          entry.dirty = false
          results.push({ key, accs: this.#accs(entry), revision: entry.revision, isFinal, rows: rowsOf(entry) })
        }
        this.#touch(aggregation, at, key)
        if (isGone) this.#letGo(aggregation, at, key, entry)
        else if (at <= edge) freeze(entry)
      }
      for (const at of this.#fresh.get(aggregation) ?? [])
        if (at <= this.#zone.limit(aggregation, at, limit)) this.#fresh.get(aggregation)?.delete(at)
      this.#changed.delete(aggregation)
      if (results.length > 0) due.set(aggregation, results)
    }
    this.shownTo = frontier
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
    const frontier = Number.isFinite(this.shownTo) ? this.shownTo : null
    const counted = [...this.#counted.values()].map(({ at, rows }) => [...at, rows] as const)
    const fills = Object.fromEntries(this.#fills)
    const tasks = Object.fromEntries(this.views)
    const order = [...this.tasks]
    const zone = this.#zone.cut()
    return { entries, tasks, order, clock, frontier, expired: this.expired, counted, fills, zone } as unknown as Json
  }

  apply(json: Json): void {
    const cut = json as unknown as MergeCut
    for (const [aggregation, key, due = null, revision = -1, dirty = false, parts] of cut.entries) {
      if (!parts) {
        this.#drop(aggregation, key)
        continue
      }
      const entry = this.#entry(aggregation, due ?? Number.POSITIVE_INFINITY, key)
      for (const [task, part] of parts) entry.parts.set(task, part)
      entry.revision = revision
      entry.dirty = dirty
      if (dirty) this.#mark(aggregation, due ?? Number.POSITIVE_INFINITY, key, entry)
    }
    for (const [task, view] of Object.entries(cut.tasks)) this.views.set(task, { ...view })
    for (const task of cut.order) if (!this.tasks.includes(task)) this.tasks.push(task)
    this.#clock = cut.clock ?? Number.NEGATIVE_INFINITY
    this.shownTo = cut.frontier ?? Number.NEGATIVE_INFINITY
    this.expired = cut.expired
    this.#zone.apply(cut.zone)
    this.#counted.clear()
    for (const [aggregation, task, key, rows] of cut.counted) this.#count(aggregation, task, key, rows)
    for (const [aggregation, fill] of Object.entries(cut.fills)) this.#fills.set(aggregation, fill)
  }

  #take(aggregation: string, task: string, { key, due, rows, closed, acc }: Partial): void {
    const at = due ?? Number.POSITIVE_INFINITY
    const name = nameOf(aggregation, task, key)
    const known = this.#entries.get(aggregation)?.get(at)?.get(key)
    const isTaken = this.#displays.get(aggregation)?.display.shows === 'closed' && at <= this.shownTo
    const isOwn = this.isAside(task) && this.#zone.has(aggregation, at)
    if (!known && (isTaken || (this.#clock >= at + this.#keepFor && !isOwn))) {
      // A partial holds all rows so far: those of the one before it were told already.
      this.expired += rows - (this.#counted.get(name)?.rows ?? 0)
      if (closed) this.#counted.delete(name)
      else this.#count(aggregation, task, key, rows)
      return
    }
    this.#zone.note(aggregation, at)
    const entry = known ?? this.#entry(aggregation, at, key)
    const before = entry.parts.get(task)
    // The same rows again, now closed, change nothing that anybody sees.
    if (before?.rows !== rows) {
      entry.dirty = true
      this.#mark(aggregation, at, key, entry)
    }
    entry.parts.set(task, { rows, closed, acc })
    this.#touch(aggregation, at, key).add(task)
  }

  /** What is due, and what changed where that is shown, in order of (due, key). */
  #candidates(aggregation: string, byDue: Map<number, Map<string, Entry>>, limit: number): (readonly [number, string, Entry])[] {
    const found: (readonly [number, string, Entry])[] = []
    const shows = this.#displays.get(aggregation)?.display.shows ?? 'final'
    const frontier = this.frontier()
    const fresh = this.#fresh.get(aggregation)
    for (const [at, entries] of byDue) {
      if (at > this.#zone.limit(aggregation, at, limit) || !(fresh?.has(at) || this.#isGone(at, this.#zone.limit(aggregation, at, frontier), shows)))
        continue
      for (const [key, entry] of entries) found.push([at, key, entry])
    }
    for (const [entry, [at, key]] of this.#changed.get(aggregation) ?? [])
      if (at > this.#zone.limit(aggregation, at, limit)) found.push([at, key, entry])
    return found.sort(([a, k], [b, l]) => (a === b ? (k < l ? -1 : 1) : a - b))
  }

  #fill(aggregation: string, display: Display | undefined, limit: number): void {
    const byDue = this.#entries.get(aggregation)
    if (!display?.fill || !byDue) return
    const fresh = this.#candidates(aggregation, byDue, limit).filter(
      ([at, , entry]) => entry.dirty && entry.revision < 0 && !this.#zone.has(aggregation, at),
    )
    if (fresh.length === 0) return
    const { missing, shown } = display.fill(
      this.#fills.get(aggregation) ?? null,
      fresh.map(([, key]) => key),
    )
    this.#fills.set(aggregation, shown)
    for (const { key, due } of missing) {
      const entry = this.#entry(aggregation, due, key)
      if (entry.revision >= 0 || entry.dirty) continue
      entry.dirty = true
      this.#mark(aggregation, due, key, entry)
    }
  }

  /** Whether an entry is let go: no row can change it any more, of partitions that join later neither. What went to a second window is taken. */
  #isGone(due: number, frontier: number, shows: Display['shows']): boolean {
    return due <= frontier && (!this.#grows || shows === 'closed' || this.#clock >= due + this.#keepFor)
  }

  /** Remembers a change, and of whom where changes are shown at once. */
  #mark(aggregation: string, due: number, key: string, entry: Entry): void {
    getOrPut(this.#fresh, aggregation, () => new Set<number>()).add(due)
    if (this.#displays.get(aggregation)?.display.shows !== 'updates') return
    getOrPut(this.#changed, aggregation, () => new Map<Entry, readonly [number, string]>()).set(entry, [due, key])
  }

  #letGo(aggregation: string, due: number, key: string, entry: Entry): void {
    for (const [task, part] of entry.parts) if (!part.closed && !this.#hasClosed(task, due)) this.#count(aggregation, task, key, part.rows)
    this.#drop(aggregation, key, due)
  }

  #count(aggregation: string, task: string, key: string, rows: number): void {
    this.#counted.set(nameOf(aggregation, task, key), { at: [aggregation, task, key], rows })
  }

  #hasClosed(task: string, due: number): boolean {
    const view = this.views.get(task)
    return view?.ended === true || (view?.watermark ?? Number.NEGATIVE_INFINITY) >= due
  }

  #entry(aggregation: string, due: number, key: string): Entry {
    const byDue = getOrPut(this.#entries, aggregation, () => new Map<number, Map<string, Entry>>())
    const entries = getOrPut(byDue, due, () => new Map<string, Entry>())
    return getOrPut(entries, key, () => ({ due, parts: new Map<string, Part>(), revision: -1, dirty: false }))
  }

  #drop(aggregation: string, key: string, due?: number): void {
    const byDue = this.#entries.get(aggregation)
    for (const at of due === undefined ? [...(byDue?.keys() ?? [])] : [due]) {
      const entries = byDue?.get(at)
      const entry = entries?.get(key)
      if (entry) this.#changed.get(aggregation)?.delete(entry)
      entries?.delete(key)
      if (entries?.size === 0) byDue?.delete(at)
    }
  }

  #touch(aggregation: string, due: number, key: string): Set<string> {
    return getOrPut(this.#touched, `${aggregation}\u0000${due}\u0000${key}`, () => ({
      at: [aggregation, due, key] as const,
      tasks: new Set<string>(),
    })).tasks
  }

  /** In the order of the tasks, whatever order their partials came in. */
  #accs(entry: Entry): Json[] {
    const known = this.tasks.filter((task) => entry.parts.has(task))
    const others = [...entry.parts.keys()].filter((task) => !this.tasks.includes(task)).sort()
    return [...known, ...others].map((task) => accOf(entry.parts.get(task) as Part))
  }
}
