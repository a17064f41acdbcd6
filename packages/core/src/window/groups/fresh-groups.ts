import type { Accumulators, AddRowsTo } from './accumulators.ts'

/**
 * Holds what was counted since the last snapshot, for the groups of all windows: lists side by side, in which a group has a place from its first row on.
 * Rows of a batch are added to all of them at once.
 */
export class FreshGroups {
  readonly #accumulators: Accumulators
  #rows: number[] = []
  #accs: unknown[][]

  constructor(accumulators: Accumulators) {
    this.#accumulators = accumulators
    this.#accs = accumulators.columns()
  }

  /** Returns a new place, without rows. */
  begin(): number {
    this.#accumulators.begin(this.#accs)
    return this.#rows.push(0) - 1
  }

  /** Counts rows of the batch that `add` was made for: for each `j` below `count`, row `rows[j]` at `places[j]`. */
  add(add: AddRowsTo, rows: Int32Array, places: Int32Array, count: number): void {
    const counts = this.#rows
    for (let j = 0; j < count; j++) counts[places[j] as number] = (counts[places[j] as number] as number) + 1
    add(this.#accs, rows, places, count)
  }

  rowsAt(place: number): number {
    return this.#rows[place] as number
  }

  /** Returns the accumulators by aggregate, each with those of all places. */
  get accs(): readonly (readonly unknown[])[] {
    return this.#accs
  }

  /** Forgets all places. */
  clear(): void {
    if (this.#rows.length === 0) return
    this.#rows = []
    this.#accs = this.#accumulators.columns()
  }
}
