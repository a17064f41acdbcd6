import { type Timer, TimerQueue } from '../keyed/timer-queue.ts'
import type { JoinKey } from './lookup.ts'
import { savedTime } from './waiting-rows.ts'

/** A row that waits for partners. */
export interface SideRow<R> extends Timer {
  readonly key: JoinKey | null
  readonly row: R
  /** Its position in its partition. */
  readonly offset: number
  hasPartner: boolean
}

/** A row without what its side adds. */
export type NewRow<R> = Pick<SideRow<R>, 'key' | 'at' | 'row' | 'offset'>

/** On disk: rows that were added, as `[number, position, 1 where it has a partner, text]`; numbers of earlier ones that have found one; the time up to which all are gone. */
export type SavedSide = {
  readonly gone: number | null
  readonly added: readonly (readonly [number, number, number, string])[]
  readonly partners: readonly number[]
}

/** The rows of one side of a join in time, by key and event time, until no row of the other side can meet them. */
export class JoinSide<R> {
  readonly #byKey = new Map<JoinKey, SideRow<R>[]>()
  /** Rows without a key, which meet none. */
  readonly #keyless = new Set<SideRow<R>>()
  readonly #queue = new TimerQueue()
  #next = 0
  #gone = Number.NEGATIVE_INFINITY
  #fresh = new Set<SideRow<R>>()
  /** Rows of earlier records that have found a partner since the last one. */
  #partners = new Set<number>()
  #isChanged = false
  /** Rows by their numbers, while records are read. */
  #restored: Map<number, SideRow<R>> | null = null

  /** How many rows wait. */
  get held(): number {
    return this.#queue.size
  }

  add(row: NewRow<R>): SideRow<R> {
    this.#restored = null
    const made = this.#put(row, this.#next++, false)
    this.#fresh.add(made)
    this.#isChanged = true
    return made
  }

  /** Returns the rows of a key with event times from `from` to `to`, both included, in their order. */
  between(key: JoinKey, from: number, to: number): readonly SideRow<R>[] {
    const rows = this.#byKey.get(key)
    if (!rows) return []
    let start = rows.length
    while (start > 0 && (rows[start - 1] as SideRow<R>).at >= from) start--
    let end = start
    while (end < rows.length && (rows[end] as SideRow<R>).at <= to) end++
    return rows.slice(start, end)
  }

  /** Notes that a row has met one of the other side. */
  pair(row: SideRow<R>): void {
    if (row.hasPartner) return
    row.hasPartner = true
    this.#isChanged = true
    if (!this.#fresh.has(row)) this.#partners.add(row.id)
  }

  /** Takes out the rows with an event time before `before`, in the order of time and arrival. */
  release(before: number): SideRow<R>[] {
    const released: SideRow<R>[] = []
    this.#gone = Math.max(this.#gone, before)
    for (let first = this.#queue.first; first && first.at < before; first = this.#queue.first) {
      this.#queue.remove(first)
      const row = first as SideRow<R>
      this.#fresh.delete(row)
      this.#partners.delete(row.id)
      released.push(row)
      this.#keyless.delete(row)
      if (row.key === null) continue
      const rows = this.#byKey.get(row.key) as SideRow<R>[]
      if (rows.length === 1) this.#byKey.delete(row.key)
      else rows.splice(rows.indexOf(row), 1)
    }
    if (released.length > 0) this.#isChanged = true
    return released
  }

  /** Returns what changed since the last snapshot, or all; null where nothing did. */
  snapshot(whole: boolean, write: (row: R) => string): SavedSide | null {
    if (!whole && !this.#isChanged) return null
    const rows = whole ? [...[...this.#byKey.values()].flat(), ...this.#keyless] : [...this.#fresh]
    const saved = {
      gone: savedTime(this.#gone),
      added: rows.sort((a, b) => a.order - b.order).map(({ id, offset, hasPartner, row }) => [id, offset, hasPartner ? 1 : 0, write(row)] as const),
      partners: whole ? [] : [...this.#partners],
    }
    this.#fresh = new Set()
    this.#partners = new Set()
    this.#isChanged = false
    return saved
  }

  /** Takes back what a snapshot holds. `read` returns the rows of texts, in their order. */
  restore({ gone, added, partners }: SavedSide, read: (texts: readonly string[]) => readonly Omit<NewRow<R>, 'offset'>[]): void {
    if (gone !== null) this.release(gone)
    this.#restored ??= new Map()
    const rows = read(added.map(([, , , text]) => text))
    for (const [i, [id, offset, hasPartner]] of added.entries()) {
      const { key, at, row } = rows[i] as NewRow<R>
      this.#restored.set(id, this.#put({ key, at, row, offset }, id, hasPartner === 1))
      this.#next = Math.max(this.#next, id + 1)
    }
    for (const id of partners) {
      const row = this.#restored.get(id)
      if (row) row.hasPartner = true
    }
    this.#isChanged = false
  }

  #put({ key, at, row, offset }: NewRow<R>, number: number, hasPartner: boolean): SideRow<R> {
    const made: SideRow<R> = { key, at, row, offset, hasPartner, id: number, order: number, place: -1 }
    this.#queue.add(made)
    if (key === null) this.#keyless.add(made)
    if (key === null) return made
    const rows = this.#byKey.get(key)
    if (!rows) this.#byKey.set(key, [made])
    else {
      let place = rows.length
      while (place > 0 && (rows[place - 1] as SideRow<R>).at > at) place--
      rows.splice(place, 0, made)
    }
    return made
  }
}
