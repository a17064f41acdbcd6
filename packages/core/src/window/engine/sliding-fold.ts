import type { Accumulators } from '../groups/accumulators.ts'

interface Part {
  readonly rows: number
  readonly accs: readonly unknown[]
}

/**
 * Folds a stretch of parts whose two ends only move forward. A step costs the same whatever the length of the stretch: two stacks
 * (Tangwongsan, Hirzel, Schneider, "Low-Latency Sliding-Window Aggregation in Worst-Case Constant Time", DEBS 2017, section 2).
 */
export class SlidingFold {
  readonly #accumulators: Accumulators
  readonly #parts: readonly Part[]
  /** The older half, folded from each of its places to its end, the oldest place last; `#back` is the newer half in one. */
  #front: { rows: number; accs: unknown[] }[] = []
  #back: { rows: number; accs: unknown[] }
  #from = 0
  #to = 0

  constructor(accumulators: Accumulators, parts: readonly Part[]) {
    this.#accumulators = accumulators
    this.#parts = parts
    this.#back = { rows: 0, accs: accumulators.init() }
  }

  /** Returns the fold of the parts `[from, to)`. Neither bound may be smaller than in the call before. */
  of(from: number, to: number): { rows: number; accs: unknown[] } {
    for (; this.#to < to; this.#to++) {
      const { rows, accs } = this.#parts[this.#to] as Part
      this.#back.rows += rows
      this.#accumulators.merge(this.#back.accs, accs)
    }
    for (; this.#from < from; this.#from++) {
      if (this.#front.length === 0) this.#flip()
      this.#front.pop()
    }
    const front = this.#front.at(-1)
    if (!front) return { rows: this.#back.rows, accs: this.#accumulators.clone(this.#back.accs) }
    return { rows: front.rows + this.#back.rows, accs: this.#accumulators.merge(this.#accumulators.clone(front.accs), this.#back.accs) }
  }

  #flip(): void {
    for (let at = this.#to - 1; at >= this.#from; at--) {
      const { rows, accs } = this.#parts[at] as Part
      const after = this.#front.at(-1)
      const folded = this.#accumulators.clone(accs)
      this.#front.push({ rows: rows + (after?.rows ?? 0), accs: after ? this.#accumulators.merge(folded, after.accs) : folded })
    }
    this.#back = { rows: 0, accs: this.#accumulators.init() }
  }
}
