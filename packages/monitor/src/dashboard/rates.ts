import type { HistoryView } from './view.ts'

/** Milliseconds of a step. */
const STEP_MS = 5_000
/** Steps that are kept: ten minutes. */
const STEPS = 120
/** Over how many steps a rate of now is the mean: a minute. */
const RECENT = 12

/** Keeps how many rows there were in each five seconds of the last ten minutes. */
export class Rates {
  /** Step since 1970 → rows. */
  readonly #rows = new Map<number, number>()
  #first: number | null = null

  /** Adds rows that came evenly from `start` to `end`. What is too old to be kept is left out. */
  add(rows: number, start: number, end: number): void {
    const last = stepOf(end)
    const first = Math.max(Math.min(stepOf(start), last), last - STEPS + 1)
    this.#first = Math.min(this.#first ?? first, first)
    const from = Math.min(start, end)
    const length = end - from
    for (let step = first; step <= last; step++) {
      const share = length > 0 ? (Math.min(end, (step + 1) * STEP_MS) - Math.max(from, step * STEP_MS)) / length : 1
      this.#rows.set(step, (this.#rows.get(step) ?? 0) + rows * share)
    }
    for (const step of this.#rows.keys()) if (step <= last - 2 * STEPS) this.#rows.delete(step)
  }

  /** Returns a copy that can be added to. */
  copy(): Rates {
    const made = new Rates()
    for (const [step, rows] of this.#rows) made.#rows.set(step, rows)
    made.#first = this.#first
    return made
  }

  /** Returns rows a second over the minute before `now`, or since the first row where that is later. */
  recent(now: number): number {
    if (this.#first === null) return 0
    const last = stepOf(now)
    const from = Math.max(this.#first, last - RECENT + 1)
    let rows = 0
    for (let step = from; step <= last; step++) rows += this.#rows.get(step) ?? 0
    return (rows * 1000) / Math.max(1000, now - from * STEP_MS)
  }

  /** Returns the last ten minutes before `now`, without the step that is not over. */
  view(now: number): HistoryView {
    const from = stepOf(now) - STEPS
    const first = this.#first ?? Number.POSITIVE_INFINITY
    const rates = Array.from({ length: STEPS }, (_, i) => (from + i < first ? null : rateOf(this.#rows.get(from + i) ?? 0)))
    return { from: from * STEP_MS, step: STEP_MS, rates }
  }
}

const stepOf = (ms: number) => Math.floor(ms / STEP_MS)

const rateOf = (rows: number) => Math.round((rows * 10_000) / STEP_MS) / 10
