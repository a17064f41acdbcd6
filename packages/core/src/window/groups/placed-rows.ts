import type { AddRowsTo } from './accumulators.ts'
import type { FreshGroups } from './fresh-groups.ts'
import type { FindPlaces } from './group-finder.ts'

/** Rows that are added to the accumulators at once: few enough to stay in the cache of a core. */
const MOST = 2048

/** Collects rows of a batch with the places of their groups, and counts them many at once. */
export class PlacedRows {
  readonly #fresh: FreshGroups
  readonly #add: AddRowsTo
  readonly #rows: Int32Array
  readonly #places: Int32Array
  #count = 0

  /** @param add adds rows of the batch, which has `length` of them */
  constructor(fresh: FreshGroups, add: AddRowsTo, length: number) {
    this.#fresh = fresh
    this.#add = add
    this.#rows = new Int32Array(Math.min(length, MOST))
    this.#places = new Int32Array(this.#rows.length)
  }

  /** Takes rows `[from, to)` into the groups of one window. */
  take(find: FindPlaces, from: number, to: number): void {
    const rows = this.#rows
    for (let row = from; row < to; ) {
      const at = this.#count
      const count = Math.min(to - row, rows.length - at)
      find(row, row + count, this.#places, at)
      for (let j = 0; j < count; j++) rows[at + j] = row + j
      this.#count = at + count
      row += count
      if (this.#count === rows.length) this.flush()
    }
  }

  /** Counts what is left. */
  flush(): void {
    this.#fresh.add(this.#add, this.#rows, this.#places, this.#count)
    this.#count = 0
  }
}
