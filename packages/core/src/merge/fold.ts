import type { PartialAggregate } from '../aggregate/partial-aggregate.ts'
import { AccWriter, accReader } from '../aggregate/sets/acc-json.ts'
import type { Json } from '../base/json.ts'
import type { OperatorState } from '../records/operator-state-record.ts'
import type { TaskProgress } from '../records/task-record.ts'
import { BackfillHorizon, leastWatermark } from './backfill-horizon.ts'
import { type Bucket, sorted, WindowBuckets } from './buckets.ts'
import type { Display, Emission } from './emission.ts'
import { accsOf, type Entry, type EntrySnapshot, freeze, type MergeSnapshot, partOf, restoredParts, rowsOf, type TaskView } from './entry.ts'
import { FlowFills } from './flow-fills.ts'

/** The results to emit now, by aggregation. */
export type Emissions = ReadonlyMap<string, readonly Emission[]>

/**
 * Folds the records of all tasks into windows (docs/internals/protocol.md#the-merge). Plain and synchronous: the same records in the same order give the same state.
 */
export class MergeState implements OperatorState {
  readonly id = 'merge'
  /** Version 3 holds sets of texts in compact form. Version 2 names the windows that were released; version 1 named each of their keys. */
  readonly version = 3
  /** The tasks it waits for, in order. The watermark of a task without a record is -Infinity. */
  readonly tasks: string[]
  readonly views = new Map<string, TaskView>()
  /** Rows of partial aggregates that came later than `keepFor` after their window was emitted. */
  expired = 0

  /** The frontier up to which results were emitted. */
  emittedTo = Number.NEGATIVE_INFINITY

  readonly #horizon = new BackfillHorizon(this.views)
  readonly #keepFor: number
  readonly #grows: boolean
  readonly #displays: ReadonlyMap<string, { readonly display: Display }>
  readonly #fillTasks: FlowFills
  readonly #windows = new Map<string, WindowBuckets>()
  #clock = Number.NEGATIVE_INFINITY
  /** Rows of partials that were open when their window was released. Their task sends them again when it closes the window. `aggregation, task, key` → rows. */
  readonly #counted = new Map<string, { at: readonly [string, string, string]; rows: number }>()
  /** The state of `fill`, by aggregation. */
  readonly #fills = new Map<string, Json>()

  /**
   * @param grows whether partitions may join later, with rows for windows that all other partitions have closed
   * @param fills tasks that fill flows which joined
   */
  constructor(
    tasks: readonly string[],
    keepFor: number,
    displays: ReadonlyMap<string, { readonly display: Display }> = new Map(),
    grows = false,
    fills: ReadonlyMap<string, readonly string[]> = new Map(),
  ) {
    this.tasks = [...tasks, ...fills.keys()]
    this.#fillTasks = new FlowFills(fills, this.views)
    this.#keepFor = keepFor
    this.#grows = grows
    this.#displays = displays
  }

  /** Returns the number of the last record folded of a task; -1 before the first. */
  position(task: string): number {
    return this.views.get(task)?.n ?? -1
  }

  /** Adds tasks. Those of a backfill (`areBackfills`) do not delay the windows of other tasks. */
  join(tasks: readonly string[], isBackfill: boolean): void {
    this.tasks.push(...tasks)
    if (isBackfill) this.#horizon.join(tasks)
  }

  /** Starts a task after its records from before the pipeline had a merge. */
  begin(task: string, view: TaskView): void {
    this.views.set(task, { ...view })
  }

  readonly isBackfill = (task: string): boolean => this.#horizon.isBackfill(task) || this.#fillTasks.has(task)

  /** Folds one record. The records of a task come in their order. */
  fold(task: string, n: number, body: TaskProgress): void {
    for (const [aggregation, partials] of Object.entries(body.partials)) {
      const windows = this.#of(aggregation)
      for (const partial of partials) this.#take(windows, task, partial)
    }
    this.views.set(task, { n, watermark: body.watermark, idle: body.idle, ended: body.ended, to: body.to })
    const min = this.minimum()
    if (min > this.#clock && Number.isFinite(min)) this.#clock = min
  }

  /** Returns the minimum watermark of the tasks that are not idle; Infinity when all are idle or have ended. */
  minimum(): number {
    return leastWatermark(this.tasks, this.views, (task, view) => !view?.idle && !view?.ended && !this.isBackfill(task))
  }

  /** Returns the time up to which no row can change a window: every task has passed it, or is later than `keepFor`. */
  frontier(): number {
    return this.#frontier(Number.POSITIVE_INFINITY)
  }

  /** The same of a flow that is being filled up to `held`: its tasks count like any other. */
  #frontier(held: number): number {
    const min = leastWatermark(this.tasks, this.views, (task, view) => !view?.ended && !this.isBackfill(task))
    return Math.max(Math.min(min, held), Math.min(this.#clock, held) - this.#keepFor)
  }

  /** Returns the results to emit now and marks them as emitted, in order of close time and key. Accumulators are in the order of the tasks. */
  emit(): Emissions {
    return new Map(this.emissions(Number.POSITIVE_INFINITY))
  }

  /** Yields the same in slices of at most `size` results, so that a large window need not be in memory at once. The caller must consume all slices. */
  *emissions(size: number): Generator<readonly [string, readonly Emission[]]> {
    const all = this.frontier()
    const ranks = new Map(this.tasks.map((task, rank) => [task, rank]))
    for (const windows of this.#windows.values()) {
      const held = this.#fillTasks.watermark(windows.name)
      const frontier = held === Number.POSITIVE_INFINITY ? all : this.#frontier(held)
      const limit = windows.shows === 'final' ? Math.min(this.minimum(), held) : frontier
      this.#fill(windows, limit, frontier)
      let results: Emission[] = []
      for (const bucket of windows.buckets) {
        const edge = this.#horizon.limit(windows.name, bucket.closeTime, frontier)
        const isGone = this.#isGone(windows, bucket.closeTime, edge)
        // With `emit: 'updates'`, emit each entry once more, as final, when its window is released.
        const isLast = isGone && windows.shows === 'updates'
        const final = windows.shows === 'updates' ? isGone : bucket.closeTime <= edge
        for (const entry of this.#candidates(windows, bucket, limit, frontier)) {
          if (entry.dirty || isLast) {
            entry.revision++
            entry.dirty = false
            results.push({ key: entry.key, accs: accsOf(entry, ranks), revision: entry.revision, final: final, rows: rowsOf(entry) })
            if (!isGone) windows.touch(bucket, entry)
            if (!isGone && bucket.closeTime <= edge) freeze(entry)
          }
          if (isGone) this.#countOpen(windows.name, bucket.closeTime, entry)
          if (results.length < size) continue
          yield [windows.name, results]
          results = []
        }
        bucket.changed = []
        if (bucket.closeTime > this.#horizon.limit(windows.name, bucket.closeTime, limit)) continue
        bucket.fresh = false
        // Release depends on the close time only, so the whole bucket is released together.
        if (isGone) windows.release(bucket)
      }
      if (results.length > 0) yield [windows.name, results]
    }
    this.emittedTo = all
  }

  /** The number of results that wait to be emitted. */
  get waiting(): number {
    let waiting = 0
    for (const windows of this.#windows.values()) waiting += windows.waiting
    return waiting
  }

  rangeEnd(): void {}

  snapshot(whole: boolean): Json {
    const gone: [string, number | null][] = []
    const entries: EntrySnapshot[] = []
    const writer = new AccWriter()
    for (const windows of this.#windows.values()) windows.snapshot(whole, gone, entries, writer)
    const clock = Number.isFinite(this.#clock) ? this.#clock : null
    const frontier = Number.isFinite(this.emittedTo) ? this.emittedTo : null
    const counted = [...this.#counted.values()].map(({ at, rows }) => [...at, rows] as const)
    const fills = Object.fromEntries(this.#fills)
    const tasks = Object.fromEntries(this.views)
    const order = [...this.tasks]
    const zone = this.#horizon.snapshot()
    const rest = { tasks, order, clock, frontier, expired: this.expired, counted, fills, zone }
    return { gone, entries, ...rest, ...writer.noted() } satisfies MergeSnapshot
  }

  restore(json: Json): void {
    const snapshot = json as MergeSnapshot
    const read = accReader(snapshot.texts)
    for (const [aggregation, closeTime] of snapshot.gone ?? []) this.#of(aggregation).drop(closeTime ?? Number.POSITIVE_INFINITY)
    for (const entry of snapshot.entries) {
      const windows = this.#of(entry[0])
      if (entry.length === 2) {
        windows.dropKey(entry[1])
        continue
      }
      const [, key, closeTime, revision, dirty, parts] = entry
      windows.put(key, closeTime ?? Number.POSITIVE_INFINITY, revision, dirty, restoredParts(parts, read))
    }
    for (const [task, view] of Object.entries(snapshot.tasks)) this.views.set(task, { ...view })
    for (const task of snapshot.order) if (!this.tasks.includes(task)) this.tasks.push(task)
    this.#clock = snapshot.clock ?? Number.NEGATIVE_INFINITY
    this.emittedTo = snapshot.frontier ?? Number.NEGATIVE_INFINITY
    this.expired = snapshot.expired
    this.#horizon.restore(snapshot.zone)
    this.#counted.clear()
    for (const [aggregation, task, key, rows] of snapshot.counted) this.#count(aggregation, task, key, rows)
    for (const [aggregation, fill] of Object.entries(snapshot.fills)) this.#fills.set(aggregation, fill)
  }

  #of(aggregation: string): WindowBuckets {
    let windows = this.#windows.get(aggregation)
    if (!windows) {
      windows = new WindowBuckets(aggregation, this.#displays.get(aggregation)?.display)
      this.#windows.set(aggregation, windows)
    }
    return windows
  }

  #take(windows: WindowBuckets, task: string, { key, due: closeTime, rows, closed, acc }: PartialAggregate): void {
    const at = closeTime ?? Number.POSITIVE_INFINITY
    let bucket = windows.find(at)
    if (!bucket?.entries.has(key) && this.#isOver(windows, task, at)) {
      // A partial holds all rows so far, and the rows of the previous one were counted already.
      const name = nameOf(windows.name, task, key)
      this.expired += rows - (this.#counted.get(name)?.rows ?? 0)
      if (closed) this.#counted.delete(name)
      else this.#count(windows.name, task, key, rows)
      return
    }
    this.#horizon.note(windows.name, at)
    bucket ??= windows.bucket(at)
    const entry = windows.entry(bucket, key)
    const part = partOf(entry, task)
    // The same rows again, now closed, do not change the result.
    if (part.rows !== rows) windows.mark(bucket, entry)
    part.rows = rows
    part.closed = closed
    part.acc = acc
    part.text = undefined
    part.touched = true
    windows.touch(bucket, entry)
  }

  /** Returns whether a late partial aggregate is ignored because its window was released. */
  #isOver({ name, shows }: WindowBuckets, task: string, closeTime: number): boolean {
    if (shows === 'closed' && closeTime <= this.emittedTo) return true
    return this.#clockOf(name) >= closeTime + this.#keepFor && !(this.#horizon.isBackfill(task) && this.#horizon.owns(name, closeTime))
  }

  /** Returns the entries that may have to be emitted, in order of their keys: all of a window that can be emitted, else those that `emit: 'updates'` shows early. */
  #candidates(windows: WindowBuckets, { closeTime, entries, fresh, changed }: Bucket, limit: number, frontier: number): Entry[] {
    if (closeTime > this.#horizon.limit(windows.name, closeTime, limit)) return sorted(changed)
    return fresh || this.#isGone(windows, closeTime, this.#horizon.limit(windows.name, closeTime, frontier)) ? sorted(entries.values()) : []
  }

  #fill(windows: WindowBuckets, limit: number, frontier: number): void {
    const { name, display } = windows
    if (!display?.fill) return
    const fresh: string[] = []
    for (const bucket of windows.buckets) {
      if (this.#horizon.owns(name, bucket.closeTime) && !this.#fillTasks.fills(name)) continue
      for (const entry of this.#candidates(windows, bucket, limit, frontier)) if (entry.dirty && entry.revision < 0) fresh.push(entry.key)
    }
    if (fresh.length === 0) return
    const { missing, shown } = display.fill(this.#fills.get(name) ?? null, fresh)
    this.#fills.set(name, shown)
    for (const { key, closeTime } of missing) {
      const bucket = windows.bucket(closeTime)
      const entry = windows.entry(bucket, key)
      if (entry.revision < 0 && !entry.dirty) windows.mark(bucket, entry)
    }
  }

  /**
   * Returns whether the merge can release a window: no later row can change it, not even from a partition that joins later. With `shows: 'closed'` a
   * second `windowed` has already taken the result.
   */
  #isGone({ name, shows }: WindowBuckets, closeTime: number, frontier: number): boolean {
    return closeTime <= frontier && (!this.#grows || shows === 'closed' || this.#clockOf(name) >= closeTime + this.#keepFor)
  }

  /** How far event time is: for a flow that is being filled, no further than that. */
  #clockOf(aggregation: string): number {
    return Math.min(this.#clock, this.#fillTasks.watermark(aggregation))
  }

  /** Remembers the rows of a released entry that open tasks will send again, so that they are not counted as expired. */
  #countOpen(aggregation: string, closeTime: number, { key, parts }: Entry): void {
    for (const { task, closed, rows } of parts) if (!closed && !this.#hasClosed(task, closeTime)) this.#count(aggregation, task, key, rows)
  }

  #count(aggregation: string, task: string, key: string, rows: number): void {
    this.#counted.set(nameOf(aggregation, task, key), { at: [aggregation, task, key], rows })
  }

  #hasClosed(task: string, closeTime: number): boolean {
    const view = this.views.get(task)
    return view?.ended === true || (view?.watermark ?? Number.NEGATIVE_INFINITY) >= closeTime
  }
}

/** Returns one map key for aggregation, task and key. */
const nameOf = (aggregation: string, task: string, key: string) => `${aggregation}\u0000${task}\u0000${key}`
