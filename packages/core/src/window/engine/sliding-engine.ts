import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import type { Interval } from './interval.ts'
import { byEnd, type KeyedRow, KeyedStates, type KeyState } from './keyed-states.ts'
import type { Late } from './late.ts'
import { SlidingFold } from './sliding-fold.ts'
import type { ClosedWindow, UnalignedEngine, UnalignedSettings } from './window.ts'

/** All rows of a key at one instant. */
interface Moment {
  readonly time: number
  rows: number
  readonly accs: unknown[]
}

/** A key's moments in order of time. */
interface SlidingState extends KeyState<Moment> {
  /** Windows that this watermark closes were returned. */
  done: number
  /** Moments that changed since the last snapshot. */
  readonly touched: Set<Moment>
}

/** On disk: a key's `done`, and its moments as `[time, rows, accumulators]`. */
type Written = readonly [done: number | null, moments: readonly (readonly [number, number, readonly Json[]])[]]

/**
 * Keeps the moments of each key, and folds them to windows when these close: `W > end + grace`, since the end is inclusive
 * (docs/internals/protocol.md#5.2). The rows decide which windows there are: `[t − size, t]` and, where it has rows,
 * `[t + 1, t + 1 + size]` for each time `t`.
 */
export class SlidingEngine implements UnalignedEngine {
  readonly #size: number
  readonly #grace: number
  readonly #states: KeyedStates<Moment, SlidingState, Written>

  constructor(size: number, grace: number, settings: UnalignedSettings) {
    this.#size = size
    this.#grace = grace
    this.#states = new KeyedStates('moment', settings)
  }

  get held(): number {
    return this.#states.held
  }

  add(batch: Batch<unknown>): Late[] {
    return this.#states.add(batch, (row) => this.#take(row))
  }

  close(watermark: number): ClosedWindow[] {
    const closed: ClosedWindow[] = []
    for (const [id, state] of this.#states.entries()) {
      this.#finish(id, state, watermark, closed)
      if (state.items.length === 0) this.#states.drop(id, state)
    }
    return closed.sort(byEnd)
  }

  snapshot(whole: boolean): Json | null {
    return this.#states.snapshot(whole, ({ items, touched, done }) => {
      const changed = whole ? items : items.filter((moment) => touched.has(moment))
      touched.clear()
      const moments = changed.map(({ time, rows, accs }) => [time, rows, this.#states.accumulators.toJson(accs)] as const)
      return [Number.isFinite(done) ? done : null, moments]
    })
  }

  restore(snapshot: Json): void {
    this.#states.restore(snapshot, (id, done, moments) => {
      for (const [time, rows, accs] of moments) {
        const moment = this.#moment(id, time)
        moment.rows = rows
        moment.accs.splice(0, moment.accs.length, ...this.#states.accumulators.fromJson(accs))
      }
      const state = this.#states.get(id)
      if (!state) return
      state.done = done ?? Number.NEGATIVE_INFINITY
      state.saved = true
      state.touched.clear()
      this.#free(state, state.done)
    })
  }

  /**
   * Counts a row, unless its own window `[t − size, t]` is closed. All its other windows end later, so they are open when that one is: a row
   * counts in all of its windows, or in none.
   */
  #take({ id, time, watermark, put }: KeyedRow): Interval | undefined {
    if (time + this.#grace < watermark) return { start: time - this.#size, end: time }
    const moment = this.#moment(id, time)
    moment.rows++
    put(moment.accs)
    return undefined
  }

  #moment(id: number, time: number): Moment {
    let state = this.#states.get(id)
    if (!state) {
      state = { items: [], done: Number.NEGATIVE_INFINITY, saved: false, touched: new Set() }
      this.#states.set(id, state)
    }
    const at = countUpTo(state.items, time - 1)
    let moment = state.items[at]
    if (moment?.time !== time) {
      moment = { time, rows: 0, accs: this.#states.accumulators.init() }
      state.items.splice(at, 0, moment)
      this.#states.held++
    }
    state.touched.add(moment)
    this.#states.touch(id)
    return moment
  }

  /** Folds the windows of a key that `watermark` closes and an earlier one did not, and frees moments that no window needs. */
  #finish(id: number, state: SlidingState, watermark: number, into: ClosedWindow[]): void {
    const { items: moments, done } = state
    const starts = new Set<number>()
    const closes = (end: number) => end + this.#grace < watermark && end + this.#grace >= done
    moments.forEach(({ time }, i) => {
      if (closes(time)) starts.add(time - this.#size)
      const next = moments[i + 1]
      if (next && next.time <= time + 1 + this.#size && closes(time + 1 + this.#size)) starts.add(time + 1)
    })
    if (starts.size > 0) {
      const fold = new SlidingFold(this.#states.accumulators, moments)
      for (const start of [...starts].sort((a, b) => a - b)) {
        const end = start + this.#size
        const { rows, accs } = fold.of(countUpTo(moments, start - 1), countUpTo(moments, end))
        into.push({ interval: { start, end }, values: this.#states.keys.values(id), rows, accs })
      }
    }
    state.done = Math.max(done, watermark)
    if (this.#free(state, state.done) || starts.size > 0) this.#states.touch(id)
  }

  #free(state: SlidingState, watermark: number): boolean {
    // A moment is needed for as long as the window that begins 1 ms after it.
    const gone = countUpTo(state.items, watermark - this.#size - this.#grace - 2)
    for (const moment of state.items.splice(0, gone)) state.touched.delete(moment)
    this.#states.held -= gone
    return gone > 0
  }
}

/** Returns how many moments are at `time` or before. */
function countUpTo(moments: readonly Moment[], time: number): number {
  let [low, high] = [0, moments.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((moments[middle] as Moment).time <= time) low = middle + 1
    else high = middle
  }
  return low
}
