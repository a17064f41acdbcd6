import type { Acc } from '../../aggregate/sets/acc-json.ts'
import type { Dictionaries } from '../../aggregate/sets/text-dictionary.ts'
import type { Accumulators } from './accumulators.ts'
import type { FreshGroups } from './fresh-groups.ts'

/** What was counted for a group: rows, and accumulators as they go into records. */
interface Counted {
  readonly rows: number
  readonly accs: readonly Acc[]
}

/**
 * Holds the groups of a window in lists side by side: a group is an index into each, and has no object of its own. What was counted since the last snapshot
 * is kept apart, since a record holds only what changed.
 *
 * Ids are those of `Keys`: 0, 1, 2… in order of arrival.
 */
export class Groups {
  readonly #accumulators: Accumulators
  /** Up to the last snapshot: rows by id, and accumulators by aggregate and id. */
  readonly #rows: number[] = []
  readonly #totals: unknown[][]
  /** Since then: ids in the order in which they changed. */
  #changed: number[] = []
  readonly #fresh: FreshGroups
  /** By id: its place in what is fresh; -1 for none. */
  readonly #places: number[] = []

  constructor(accumulators: Accumulators, fresh: FreshGroups) {
    this.#accumulators = accumulators
    this.#totals = accumulators.columns()
    this.#fresh = fresh
  }

  /** The number of groups. */
  get size(): number {
    return this.#places.length
  }

  /** Returns the ids of all groups. */
  ids(): readonly number[] {
    return Array.from({ length: this.size }, (_, id) => id)
  }

  /** The ids of the groups that changed since the last snapshot. */
  get changed(): readonly number[] {
    return this.#changed
  }

  /** Returns the place of a group in what is fresh. The group has changed then. */
  placeOf(id: number): number {
    let place = this.#places[id] ?? -1
    if (place < 0) {
      place = this.#fresh.begin()
      this.#places[id] = place
      this.#changed.push(id)
    }
    return place
  }

  /** Returns rows and accumulators of all that was counted for a group. Does not change the group. */
  total(id: number, dictionaries: Dictionaries): Counted {
    const place = this.#places[id] as number
    if (place < 0) return { rows: this.#rows[id] as number, accs: this.#accumulators.writtenAt(this.#totals, id, dictionaries) }
    if (id >= this.#rows.length) return this.fresh(id, dictionaries)
    const accs = this.#accumulators.copyAt(this.#totals, id)
    for (const [a, fresh] of this.#fresh.accs.entries()) accs[a] = this.#accumulators.mergeOne(a, accs[a], fresh[place])
    return { rows: (this.#rows[id] as number) + this.#fresh.rowsAt(place), accs: this.#accumulators.write(accs, dictionaries) }
  }

  /** Returns rows and accumulators of what was counted since the last snapshot, for a group that changed. */
  fresh(id: number, dictionaries: Dictionaries): Counted {
    const place = this.#places[id] as number
    return { rows: this.#fresh.rowsAt(place), accs: this.#accumulators.writtenAt(this.#fresh.accs, place, dictionaries) }
  }

  /** Adds what was counted to the totals: a snapshot holds it now. What is fresh may be cleared after that. */
  settle(): void {
    for (const id of this.#changed) {
      this.#settleOne(id, this.#places[id] as number)
      this.#places[id] = -1
    }
    this.#changed = []
  }

  /** Adds what a snapshot holds of a group. */
  restore(id: number, rows: number, accs: readonly Acc[]): void {
    this.settle()
    const from = this.#accumulators.read(accs)
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
    const rows = this.#fresh.rowsAt(place)
    this.#rows[id] = isNew ? rows : (this.#rows[id] as number) + rows
    for (const [a, totals] of this.#totals.entries()) {
      const fresh = this.#fresh.accs[a]?.[place]
      totals[id] = isNew ? fresh : this.#accumulators.mergeOne(a, totals[id], fresh)
    }
  }
}
