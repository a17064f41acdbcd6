import type { PartialAggregate } from '../../aggregate/partial-aggregate.ts'
import { AccWriter, accReader } from '../../aggregate/sets/acc-json.ts'
import { Dictionaries } from '../../aggregate/sets/text-dictionary.ts'
import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import { eventTimes } from '../../time/event-time.ts'
import type { Accumulators } from '../groups/accumulators.ts'
import { FreshGroups } from '../groups/fresh-groups.ts'
import { type FindPlaces, GroupFinder } from '../groups/group-finder.ts'
import { Groups } from '../groups/groups.ts'
import { Keys } from '../groups/keys.ts'
import { PlacedRows } from '../groups/placed-rows.ts'
import type { Interval } from './interval.ts'
import { IntervalMap } from './interval-map.ts'
import { type Late, requireWatermarks } from './late.ts'
import { partialKey } from './partial-key.ts'
import { checkHeld, snapshotWith } from './state-checks.ts'
import { closeTime, type Window } from './window.ts'

interface Open {
  readonly interval: Interval
  readonly closeTime: number
  /** Each window has its own, so that its keys are freed with it. */
  readonly keys: Keys
  readonly groups: Groups
  /** A snapshot holds the window, so the next one has to say when it is closed. */
  saved: boolean
}

/** A window while rows of a batch are counted. It is open from the first row on that it is not closed for. */
interface InBatch {
  readonly interval: Interval
  readonly closeTime: number
  find: FindPlaces | null
}

/**
 * On disk: `[start, end, key values, rows, accumulators]` of each group that changed, and the bounds of closed windows. `texts` has the dictionaries of
 * sets, and is absent where there are none, and in records of version 1.
 */
type AlignedSnapshot = {
  readonly add: readonly (readonly [number, number, readonly Json[], number, readonly Json[]])[]
  readonly drop: readonly (readonly [number, number])[]
  readonly texts?: readonly Json[]
}

function readSnapshot(json: Json): AlignedSnapshot {
  return snapshotWith(json, 'add', 'drop') as AlignedSnapshot
}

/** How much an engine may hold. */
export interface EngineLimits {
  readonly maxWindows: number
  readonly maxKeys: number
}

/**
 * Counts rows into windows whose bounds are known from a row's time alone, and closes windows by watermark. Plain and synchronous: no scheduler, no I/O, no
 * clock. The cost of a row depends neither on the size of its group nor on the number of groups.
 */
export class AlignedEngine {
  readonly #window: Window
  readonly #accumulators: Accumulators
  readonly #by: readonly string[]
  readonly #limits: EngineLimits
  readonly #open = new IntervalMap<Open>()
  readonly #fresh: FreshGroups
  #dropped: [number, number][] = []
  readonly #touched = new Set<Open>()
  #groups = 0

  constructor(window: Window, by: readonly string[], accumulators: Accumulators, limits: EngineLimits) {
    this.#window = window
    this.#accumulators = accumulators
    this.#by = by
    this.#limits = limits
    this.#fresh = new FreshGroups(accumulators)
  }

  /** The number of groups held; a group is a key in a window. */
  get held(): number {
    return this.#groups
  }

  /** Counts the rows of a batch, each against the watermark just before it; returns those that are late for a window. */
  add(batch: Batch<unknown>): Late[] {
    const watermarks = requireWatermarks(batch)
    const time = eventTimes(batch)
    const { length } = batch
    const finder = new GroupFinder(batch, this.#by)
    const placed = new PlacedRows(this.#fresh, this.#accumulators.rowsAdder(batch), length)
    const late: Late[] = []
    const known = new IntervalMap<InBatch>()
    let assigned: readonly Interval[] | null = null
    let windows: readonly InBatch[] = []
    let closes = Number.POSITIVE_INFINITY
    // Rows arrive nearly in order, so most have the windows of the row before: they are counted run by run.
    for (let from = 0, to = 0; from < length; from = to) {
      const intervals = this.#window.assign(time(from))
      if (intervals !== assigned) {
        assigned = intervals
        windows = intervals.map((interval) => this.#inBatch(interval, known))
        closes = Math.min(...windows.map(({ closeTime }) => closeTime))
      }
      const watermark = watermarks[from] as number
      to = watermark < closes ? this.#endOfRun(from, time, watermarks, intervals, closes) : from + 1
      for (const window of windows) {
        if (window.closeTime <= watermark) continue
        window.find ??= this.#finderIn(window.interval, finder)
        placed.take(window.find, from, to)
      }
      const missed = watermark < closes ? [] : windows.filter(({ closeTime }) => closeTime <= watermark).map(({ interval }) => interval)
      if (missed.length > 0) late.push({ row: from, watermark, windows: missed })
    }
    placed.flush()
    checkHeld('window', this.#open.size, this.#limits.maxWindows)
    checkHeld('group', this.#groups, this.#limits.maxKeys)
    return late
  }

  /** Returns the first row after `from` that has other windows, or comes when one of them is closed. A function of its own, so that the engine keeps it compiled. */
  #endOfRun(from: number, time: (i: number) => number, watermarks: Float64Array, intervals: readonly Interval[], closes: number): number {
    let to = from + 1
    while (to < watermarks.length && (watermarks[to] as number) < closes && this.#window.assign(time(to)) === intervals) to++
    return to
  }

  /**
   * Closes what `watermark` closes, and returns its groups in order of (end, key). Of the open windows it returns all groups, those that changed since the
   * last snapshot, or none.
   */
  partials(watermark: number, open: 'all' | 'changed' | 'none'): PartialAggregate[] {
    const partials: PartialAggregate[] = []
    const dictionaries = new Dictionaries()
    const found: { window: Open; closed: boolean }[] = []
    for (const window of this.#open.values()) {
      const closed = window.closeTime <= watermark
      if (closed || open === 'all' || (open === 'changed' && this.#touched.has(window))) found.push({ window, closed })
    }
    found.sort(({ window: a }, { window: b }) => a.closeTime - b.closeTime || a.interval.start - b.interval.start)
    for (const { window, closed } of found) {
      const { interval, closeTime, groups, keys } = window
      const ids = !closed && open === 'changed' ? groups.changed : groups.ids()
      for (const id of keys.ordered(ids)) {
        const { rows, accs } = groups.total(id, dictionaries)
        partials.push({ key: partialKey(interval, keys.values(id)), due: Number.isFinite(closeTime) ? closeTime : null, closed, rows, acc: accs })
      }
      if (!closed) continue
      this.#forget(window)
      if (window.saved) this.#dropped.push([interval.start, interval.end])
    }
    return partials
  }

  snapshot(whole: boolean): Json | null {
    const add: AlignedSnapshot['add'][number][] = []
    const dictionaries = new Dictionaries()
    const writer = new AccWriter()
    for (const window of whole ? this.#open.values() : this.#touched) {
      const { interval, groups, keys } = window
      for (const id of whole ? groups.ids() : groups.changed) {
        const { rows, accs } = whole ? groups.total(id, dictionaries) : groups.fresh(id, dictionaries)
        add.push([interval.start, interval.end, keys.values(id), rows, writer.write(accs)])
      }
    }
    for (const window of this.#touched) {
      window.saved = true
      window.groups.settle()
    }
    this.#fresh.clear()
    this.#touched.clear()
    const drop = whole ? [] : this.#dropped
    this.#dropped = []
    if (!whole && add.length === 0 && drop.length === 0) return null
    return { add, drop, ...writer.noted() } satisfies AlignedSnapshot
  }

  restore(json: Json): void {
    const { add, drop, texts } = readSnapshot(json)
    const read = accReader(texts)
    for (const [start, end] of drop) {
      const window = this.#open.get({ start, end })
      if (window) this.#forget(window)
    }
    for (const [start, end, values, rows, accs] of add) {
      const window = this.#opened({ start, end })
      window.saved = true
      const held = window.groups.size
      window.groups.restore(window.keys.intern(values), rows, read(accs))
      this.#groups += window.groups.size - held
    }
    this.#touched.clear()
    this.#dropped = []
  }

  #forget(window: Open): void {
    this.#open.delete(window.interval)
    this.#touched.delete(window)
    this.#groups -= window.groups.size
  }

  #inBatch(interval: Interval, known: IntervalMap<InBatch>): InBatch {
    const found = known.get(interval)
    if (found) return found
    const made = { interval, closeTime: closeTime(this.#window, interval), find: null }
    known.set(interval, made)
    return made
  }

  #finderIn(interval: Interval, finder: GroupFinder): FindPlaces {
    const { keys, groups } = this.#opened(interval)
    return finder.in(keys, (id) => {
      if (id === groups.size) this.#groups++
      return groups.placeOf(id)
    })
  }

  #opened(interval: Interval): Open {
    let window = this.#open.get(interval)
    if (!window) {
      window = {
        interval,
        closeTime: closeTime(this.#window, interval),
        keys: new Keys(this.#by),
        groups: new Groups(this.#accumulators, this.#fresh),
        saved: false,
      }
      this.#open.set(interval, window)
    }
    this.#touched.add(window)
    return window
  }
}
