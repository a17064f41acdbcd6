import type { Json } from '../../base/json.ts'
import type { Accumulators, Put } from './accumulators.ts'

/**
 * Holds the groups of a window in lists side by side: a group is an index into each, and has no object of its own. What was counted since the last snapshot
 * is kept apart, since a record holds only what changed.
 *
 * Ids are those of `Keys`: 0, 1, 2… in order of arrival.
 */
export class Groups {
  readonly #accumulators: Accumulators
  /** Up to the last snapshot: rows by id, and accumulators by aggregate and id. */
  #rows: number[] = []
  #totals: unknown[][]
  /** Since then: ids in the order in which they changed, with rows and accumulators by their place in it. */
  #ids: number[] = []
  #freshRows: number[] = []
  #fresh: unknown[][]
  /** By id: its place in `#ids`; -1 for none. */
  #places: number[] = []

  constructor(accumulators: Accumulators) {
    this.#accumulators = accumulators
    this.#totals = accumulators.columns()
    this.#fresh = accumulators.columns()
  }

  /** The number of groups. */
  get size(): number {
    return this.#places.length
  }

  /** The ids of the groups that changed since the last snapshot. */
  get changed(): readonly number[] {
    return this.#ids
  }

  /** Counts row `i` of the batch that `put` was made for. */
  add(id: number, put: Put, i: number): void {
    let place = this.#places[id] ?? -1
    if (place < 0) {
      place = this.#ids.push(id) - 1
      this.#places[id] = place
      this.#freshRows.push(0)
      this.#accumulators.begin(this.#fresh)
    }
    this.#freshRows[place] = (this.#freshRows[place] as number) + 1
    put(this.#fresh, place, i)
  }

  /** Returns rows and accumulators of all that was counted for a group. Does not change the group. */
  total(id: number): { rows: number; accs: Json[] } {
    const place = this.#places[id] as number
    if (place < 0) return { rows: this.#rows[id] as number, accs: this.#accumulators.jsonAt(this.#totals, id) }
    if (id >= this.#rows.length) return this.fresh(id)
    const accs = this.#accumulators.fromJson(this.#accumulators.jsonAt(this.#totals, id))
    for (const [a, fresh] of this.#fresh.entries()) accs[a] = this.#accumulators.mergeOne(a, accs[a], fresh[place])
    return { rows: (this.#rows[id] as number) + (this.#freshRows[place] as number), accs: this.#accumulators.toJson(accs) }
  }

  /** Returns rows and accumulators of what was counted since the last snapshot, for a group that changed. */
  fresh(id: number): { rows: number; accs: Json[] } {
    const place = this.#places[id] as number
    return { rows: this.#freshRows[place] as number, accs: this.#accumulators.jsonAt(this.#fresh, place) }
  }

  /** Adds what was counted to the totals: a snapshot holds it now. */
  settle(): void {
    if (this.#ids.length === 0) return
    if (this.#rows.length === 0) {
      // All are new, so their places are their ids.
      this.#rows = this.#freshRows
      this.#totals = this.#fresh
    } else for (let place = 0; place < this.#ids.length; place++) this.#settleOne(this.#ids[place] as number, place)
    for (const id of this.#ids) this.#places[id] = -1
    this.#ids = []
    this.#freshRows = []
    this.#fresh = this.#accumulators.columns()
  }

  /** Adds what a snapshot holds of a group. */
  restore(id: number, rows: number, accs: readonly Json[]): void {
    this.settle()
    const from = this.#accumulators.fromJson(accs)
    if (id >= this.#rows.length) {
      this.#places[id] = -1
      this.#rows[id] = 0
      this.#accumulators.begin(this.#totals)
    }
    this.#rows[id] = (this.#rows[id] as number) + rows
    for (const [a, totals] of this.#totals.entries()) totals[id] = this.#accumulators.mergeOne(a, totals[id], from[a])
  }

  #settleOne(id: number, place: number): void {
    const isNew = id >= this.#rows.length
    const rows = this.#freshRows[place] as number
    this.#rows[id] = isNew ? rows : (this.#rows[id] as number) + rows
    for (const [a, totals] of this.#totals.entries()) {
      const fresh = this.#fresh[a]?.[place]
      totals[id] = isNew ? fresh : this.#accumulators.mergeOne(a, totals[id], fresh)
    }
  }
}
