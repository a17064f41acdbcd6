import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import type { Accumulators } from './accumulators.ts'
import { type KeyedRow, takeRows } from './keyed-rows.ts'
import { Keys } from './keys.ts'
import type { Late } from './late.ts'
import { SlidingFold } from './sliding-fold.ts'
import { checkHeld } from './state-limit.ts'
import { byEnd, type Closed, type UnalignedEngine } from './unaligned-engine.ts'
import type { Interval, LocalSettings } from './window.ts'

/** All rows of a key at one instant. */
interface Moment {
  readonly time: number
  rows: number
  readonly accs: unknown[]
}

interface KeyState {
  /** In order of time. */
  moments: Moment[]
  /** Windows that this watermark closes were returned. */
  done: number
  saved: boolean
  /** Moments that changed since the last cut. */
  readonly touched: Set<Moment>
}

interface SlidingSnapshot {
  /** `[key, done, [[time, rows, accumulators]…]]` */
  readonly set: readonly (readonly [readonly Json[], number | null, readonly (readonly [number, number, readonly Json[]])[]])[]
  readonly drop: readonly (readonly Json[])[]
}

/**
 * Keeps the moments of each key, and folds them to windows when these close: `W > end + grace`, since the end is inclusive (protocol 5.2).
 * Which windows there are is decided by the rows: `[t − size, t]` and, where it has rows, `[t + 1, t + 1 + size]` for each time `t`.
 */
export class SlidingEngine implements UnalignedEngine {
  readonly #size: number
  readonly #grace: number
  readonly #accumulators: Accumulators
  readonly #maxKeys: number
  readonly #keys: Keys
  readonly #states = new Map<number, KeyState>()
  readonly #touched = new Set<number>()
  #dropped: (readonly Json[])[] = []
  #held = 0

  constructor(size: number, grace: number, { by, accumulators, maxKeys }: LocalSettings) {
    this.#size = size
    this.#grace = grace
    this.#accumulators = accumulators
    this.#maxKeys = maxKeys
    this.#keys = new Keys(by)
  }

  get held(): number {
    return this.#held
  }

  add(batch: Batch<unknown>): Late[] {
    const late = takeRows(batch, {
      keys: this.#keys,
      accumulators: this.#accumulators,
      holds: (id) => this.#states.has(id),
      take: (row) => this.#take(row),
    })
    checkHeld('moment', this.#held, this.#maxKeys)
    return late
  }

  close(watermark: number): Closed[] {
    const closed: Closed[] = []
    for (const [id, state] of this.#states) {
      this.#finish(id, state, watermark, closed)
      if (state.moments.length > 0) continue
      if (state.saved) this.#dropped.push(this.#keys.values(id))
      this.#states.delete(id)
      this.#touched.delete(id)
      this.#keys.release(id)
    }
    return closed.sort(byEnd)
  }

  snapshot(whole: boolean): Json | null {
    const set = [...(whole ? this.#states.keys() : this.#touched)].map((id) => {
      const state = this.#states.get(id) as KeyState
      const moments = whole ? state.moments : state.moments.filter((moment) => state.touched.has(moment))
      state.saved = true
      state.touched.clear()
      const cuts = moments.map(({ time, rows, accs }) => [time, rows, this.#accumulators.toJson(accs)] as const)
      return [this.#keys.values(id), Number.isFinite(state.done) ? state.done : null, cuts] as const
    })
    const drop = whole ? [] : this.#dropped
    this.#touched.clear()
    this.#dropped = []
    if (!whole && set.length === 0 && drop.length === 0) return null
    return { drop, set } satisfies SlidingSnapshot as unknown as Json
  }

  restore(json: Json): void {
    const { set, drop } = json as unknown as SlidingSnapshot
    for (const values of drop) {
      const id = this.#keys.intern(values)
      this.#held -= this.#states.get(id)?.moments.length ?? 0
      this.#states.delete(id)
      this.#keys.release(id)
    }
    for (const [values, done, cuts] of set) {
      const id = this.#keys.intern(values)
      for (const [time, rows, accs] of cuts) {
        const moment = this.#moment(id, time)
        moment.rows = rows
        moment.accs.splice(0, moment.accs.length, ...this.#accumulators.fromJson(accs))
      }
      const state = this.#states.get(id)
      if (!state) continue
      state.done = done ?? Number.NEGATIVE_INFINITY
      state.saved = true
      state.touched.clear()
      this.#free(state, state.done)
    }
    this.#touched.clear()
  }

  /**
   * Counts a row, unless its own window `[t − size, t]` is closed. All other windows that it lies in end later, so that none of those
   * can be closed, either: a row counts in all of its windows, or in none.
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
      state = { moments: [], done: Number.NEGATIVE_INFINITY, saved: false, touched: new Set() }
      this.#states.set(id, state)
    }
    const at = after(state.moments, time - 1)
    let moment = state.moments[at]
    if (moment?.time !== time) {
      moment = { time, rows: 0, accs: this.#accumulators.init() }
      state.moments.splice(at, 0, moment)
      this.#held++
    }
    state.touched.add(moment)
    this.#touched.add(id)
    return moment
  }

  /** Folds the windows of a key that `watermark` closes and an earlier one did not, and lets go of moments that no window needs. */
  #finish(id: number, state: KeyState, watermark: number, into: Closed[]): void {
    const { moments, done } = state
    const starts = new Set<number>()
    const isDue = (end: number) => end + this.#grace < watermark && end + this.#grace >= done
    moments.forEach(({ time }, i) => {
      if (isDue(time)) starts.add(time - this.#size)
      const next = moments[i + 1]
      if (next && next.time <= time + 1 + this.#size && isDue(time + 1 + this.#size)) starts.add(time + 1)
    })
    if (starts.size > 0) {
      const fold = new SlidingFold(this.#accumulators, moments)
      for (const start of [...starts].sort((a, b) => a - b)) {
        const end = start + this.#size
        const { rows, accs } = fold.of(after(moments, start - 1), after(moments, end))
        into.push({ interval: { start, end }, values: this.#keys.values(id), rows, accs })
      }
    }
    state.done = Math.max(done, watermark)
    if (this.#free(state, state.done) || starts.size > 0) this.#touched.add(id)
  }

  #free(state: KeyState, watermark: number): boolean {
    // A moment opens the window that begins after it, too.
    const gone = after(state.moments, watermark - this.#size - this.#grace - 2)
    for (const moment of state.moments.splice(0, gone)) state.touched.delete(moment)
    this.#held -= gone
    return gone > 0
  }
}

/** How many moments are at `time` or before. */
function after(moments: readonly Moment[], time: number): number {
  let [low, high] = [0, moments.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((moments[middle] as Moment).time <= time) low = middle + 1
    else high = middle
  }
  return low
}
