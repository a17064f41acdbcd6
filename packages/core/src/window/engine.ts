import type { Agg } from '../aggregate/aggregate.ts'
import { type Batch, column, inside } from '../batch/batch.ts'
import { wideReader } from '../batch/columns.ts'
import { TicketsError } from '../errors/errors.ts'
import type { Partial } from '../pipeline/scope.ts'
import type { Json } from '../pipeline/source.ts'
import { type KeyReader, Keys } from './keys.ts'
import { dueOf, type Interval, type Window } from './window.ts'

/** A row that came too late for some of its windows. */
export interface Late {
  readonly row: number
  readonly watermark: number
  readonly windows: readonly Interval[]
}

interface Group {
  rows: number
  readonly accs: unknown[]
  /** The same of the rows since the last cut: what a record holds of a group is what changed. */
  freshRows: number
  fresh: unknown[]
}

interface Open {
  readonly interval: Interval
  readonly due: number
  /** A window's own, so that its keys are forgotten with it. */
  readonly keys: Keys
  readonly groups: Map<number, Group>
  /** Stands in a cut, which the next one has to take back when it closes. */
  saved: boolean
}

/** A cut: `[start, end, key values, rows, accumulators]` for each group that changed, and the starts of windows let go. */
interface Cut {
  readonly add: readonly (readonly [number, number, readonly Json[], number, readonly Json[]])[]
  readonly drop: readonly (readonly [number, number])[]
}

/** The key of a partial, the same in every task: the window's bounds and the key's values. */
export const partialKey = (interval: Interval, values: readonly Json[]) => JSON.stringify([interval.start, interval.end, ...values])

/**
 * Counts rows into windows, and lets go of what a watermark closes. Plain and synchronous: no scheduler, no I/O, no clock.
 * The cost of a row depends neither on the size of its group nor on how many there are.
 */
export class WindowEngine {
  readonly #window: Window
  readonly #names: readonly string[]
  readonly #aggs: readonly Agg<unknown, unknown>[]
  readonly #by: readonly string[]
  readonly #open = new Map<string, Open>()
  #dropped: [number, number][] = []
  readonly #touched = new Set<Open>()

  constructor(window: Window, by: readonly string[], aggregate: Readonly<Record<string, Agg<unknown, unknown>>>) {
    this.#window = window
    this.#names = Object.keys(aggregate)
    this.#aggs = Object.values(aggregate)
    this.#by = by
  }

  /** Counts the rows of a batch that has a trail, each against the watermark just before it; returns those late for a window. */
  add(batch: Batch<unknown>): Late[] {
    const trail = inside.trail(batch)
    if (!trail)
      throw new TicketsError(
        'WATERMARK_LOST',
        'windowed got rows without their watermarks: make them with mapRows or withColumn, not with Batch.of, rows() or a map of your own',
      )
    const time = wideReader(column(batch, batch.schema.time))
    const readers = new Map<Open, KeyReader>()
    const steps = this.#steps(batch)
    const late: Late[] = []
    let before: Open | undefined
    let reader: KeyReader | undefined
    for (let i = 0; i < batch.length; i++) {
      const watermark = trail.watermarks[i] as number
      let missed: Interval[] | undefined
      for (const interval of this.#window.assign(time(i))) {
        if (dueOf(this.#window, interval) <= watermark) {
          missed = [...(missed ?? []), interval]
          continue
        }
        if (!before || before.interval.start !== interval.start || before.interval.end !== interval.end) {
          before = this.#opened(interval)
          reader = readers.get(before) ?? before.keys.reader(batch)
          readers.set(before, reader)
        }
        const group = this.#group(before, (reader as KeyReader).idOf(i))
        group.freshRows++
        for (let a = 0; a < steps.length; a++) group.fresh[a] = (steps[a] as (acc: unknown, i: number) => unknown)(group.fresh[a], i)
      }
      if (missed) late.push({ row: i, watermark, windows: missed })
    }
    return late
  }

  /** Closes what `watermark` closes and lets go of it; with `open`, gives what stays open too, and keeps it. In order of (end, key). */
  partials(watermark: number, open: boolean): Partial[] {
    const partials: Partial[] = []
    for (const [name, window] of this.#open) {
      const closed = window.due <= watermark
      if (!closed && !open) continue
      for (const [id, group] of window.groups) {
        const acc = this.#toJson(this.#merge(this.#clone(group.accs), this.#clone(group.fresh)))
        const due = Number.isFinite(window.due) ? window.due : null
        partials.push({ key: partialKey(window.interval, window.keys.values(id)), due, closed, rows: group.rows + group.freshRows, acc })
      }
      if (!closed) continue
      this.#open.delete(name)
      this.#touched.delete(window)
      if (window.saved) this.#dropped.push([window.interval.start, window.interval.end])
    }
    return partials.sort((a, b) => (a.due ?? Infinity) - (b.due ?? Infinity) || (a.key < b.key ? -1 : 1))
  }

  cut(whole: boolean): Json | null {
    const add: Cut['add'][number][] = []
    for (const window of whole ? this.#open.values() : this.#touched) {
      const { start, end } = window.interval
      for (const [id, group] of window.groups) {
        if (!whole && group.freshRows === 0) continue
        if (whole) this.#settle(group)
        const [rows, accs] = whole ? [group.rows, group.accs] : [group.freshRows, group.fresh]
        add.push([start, end, window.keys.values(id), rows, this.#toJson(accs)])
      }
    }
    for (const window of this.#touched) {
      window.saved = true
      for (const group of window.groups.values()) this.#settle(group)
    }
    this.#touched.clear()
    const drop = whole ? [] : this.#dropped
    this.#dropped = []
    if (!whole && add.length === 0 && drop.length === 0) return null
    return { add, drop } satisfies Cut as unknown as Json
  }

  apply(json: Json): void {
    const { add, drop } = json as unknown as Cut
    for (const [start, end] of drop) this.#open.delete(`${start}/${end}`)
    for (const [start, end, values, rows, accs] of add) {
      const window = this.#opened({ start, end })
      window.saved = true
      const group = this.#group(window, window.keys.intern(values))
      group.freshRows += rows
      group.fresh = this.#merge(group.fresh, this.#fromJson(accs))
      this.#settle(group)
    }
    this.#touched.clear()
    this.#dropped = []
  }

  /** The results of a key whose accumulators come from several tasks, by the aggregates' names. */
  results(accs: readonly Json[]): Record<string, unknown> {
    const merged = accs.map((acc) => this.#fromJson(acc as readonly Json[])).reduce((a, b) => this.#merge(a, b))
    return Object.fromEntries(this.#names.map((name, a) => [name, this.#aggs[a]?.result(merged[a])]))
  }

  #opened(interval: Interval): Open {
    const name = `${interval.start}/${interval.end}`
    let window = this.#open.get(name)
    if (!window) {
      window = { interval, due: dueOf(this.#window, interval), keys: new Keys(this.#by), groups: new Map(), saved: false }
      this.#open.set(name, window)
    }
    this.#touched.add(window)
    return window
  }

  #group(window: Open, id: number): Group {
    let group = window.groups.get(id)
    if (!group) {
      const init = () => this.#aggs.map((agg) => agg.init())
      group = { rows: 0, accs: init(), freshRows: 0, fresh: init() }
      window.groups.set(id, group)
    }
    return group
  }

  /** Takes the fresh rows of a group into its total. */
  #settle(group: Group): void {
    if (group.freshRows === 0) return
    group.rows += group.freshRows
    this.#merge(group.accs, group.fresh)
    group.freshRows = 0
    group.fresh = this.#aggs.map((agg) => agg.init())
  }

  #merge(into: unknown[], from: readonly unknown[]): unknown[] {
    for (let a = 0; a < into.length; a++) into[a] = this.#aggs[a]?.merge(into[a], from[a])
    return into
  }

  #steps(batch: Batch<unknown>): ((acc: unknown, i: number) => unknown)[] {
    let rows: unknown[] | null = null
    return this.#aggs.map((agg) => {
      if (agg.columnar) return agg.columnar(batch)
      rows ??= batch.toArray()
      const all = rows
      return (acc, i) => agg.add(acc, all[i])
    })
  }

  #toJson(accs: readonly unknown[]): Json[] {
    return accs.map((acc, a) => this.#aggs[a]?.toJson?.(acc) ?? (JSON.parse(JSON.stringify(acc)) as Json))
  }

  #clone(accs: readonly unknown[]): unknown[] {
    return this.#fromJson(this.#toJson(accs))
  }

  #fromJson(accs: readonly Json[]): unknown[] {
    return accs.map((acc, a) => this.#aggs[a]?.fromJson?.(acc) ?? (JSON.parse(JSON.stringify(acc)) as Json))
  }
}
