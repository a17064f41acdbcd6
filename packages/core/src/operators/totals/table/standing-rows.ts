import type { StoredColumn } from '../columns/held-column.ts'
import type { StateReader, StateWriter } from '../columns/state-bytes.ts'
import { floats, places } from '../columns/typed-column.ts'
import type { TotalsStore } from '../totals-store.ts'

const GONE = 0
const STANDS = 1
/** What a text is taken to need beside its characters. */
const TEXT_BYTES = 32

/** A row as it stands in a table, or stood there. */
export interface Standing {
  /** The row as JSON. */
  readonly text: string
  /** The offset of its message. */
  readonly position: number
}

/**
 * Holds of each key of a table the row that stands, and of each group the list of its rows, so that a group can be counted anew. A row is in the list of one
 * group; a key whose row is deleted in none.
 */
export class StandingRows implements StoredColumn {
  readonly #groups: TotalsStore
  readonly #positions = floats()
  readonly #texts: (string | null)[] = []
  /** All of these are one more than a place, so that 0 is none. */
  readonly #group = places()
  readonly #next = places()
  readonly #previous = places()
  readonly #first = places()
  #characters = 0

  /** @param groups gives each group its place */
  constructor(groups: TotalsStore) {
    this.#groups = groups
  }

  get bytes(): number {
    const lists = [this.#positions, this.#group, this.#next, this.#previous, this.#first]
    return lists.reduce((sum, { bytes }) => sum + bytes, this.#texts.length * 8)
  }

  get ownBytes(): number {
    return this.#characters
  }

  begin(place: number): void {
    for (const column of [this.#positions, this.#group, this.#next, this.#previous]) column.reserve(place)
    if (place < this.#texts.length) this.remove(place)
    else this.#texts[place] = null
  }

  /** Returns the group of the row at a place; -1 where none stands. */
  groupOf(place: number): number {
    return this.#group.get(place) - 1
  }

  /** Returns the row at a place; null where none stands. */
  get(place: number): Standing | null {
    const text = this.#texts[place]
    return typeof text === 'string' ? { text, position: this.#positions.get(place) } : null
  }

  /** Takes the row at a place, if one stands there, out of its group. */
  remove(place: number): void {
    const group = this.groupOf(place)
    this.#setText(place, null)
    if (group < 0) return
    const next = this.#next.get(place)
    const previous = this.#previous.get(place)
    if (previous > 0) this.#next.set(previous - 1, next)
    else this.#first.set(group, next)
    if (next > 0) this.#previous.set(next - 1, previous)
    for (const column of [this.#group, this.#next, this.#previous]) column.set(place, 0)
  }

  /** Puts a row at a place where none stands, and into a group. */
  put(place: number, { text, position }: Standing, group: number): void {
    this.#first.reserve(group)
    this.#setText(place, text)
    this.#positions.set(place, position)
    this.#group.set(place, group + 1)
    const next = this.#first.get(group)
    this.#next.set(place, next)
    if (next > 0) this.#previous.set(next - 1, place + 1)
    this.#first.set(group, place + 1)
  }

  isEmpty(group: number): boolean {
    this.#first.reserve(group)
    return this.#first.get(group) === 0
  }

  /** Returns the rows of a group, in no order, at most so many at a time. */
  *rowsOf(group: number, most: number): Generator<Standing[]> {
    this.#first.reserve(group)
    let rows: Standing[] = []
    for (let at = this.#first.get(group); at > 0; at = this.#next.get(at - 1)) {
      rows.push(this.get(at - 1) as Standing)
      if (rows.length < most) continue
      yield rows
      rows = []
    }
    if (rows.length > 0) yield rows
  }

  write(place: number, out: StateWriter): void {
    const text = this.#texts[place]
    const stands = typeof text === 'string'
    out.byte(stands ? STANDS : GONE)
    if (!stands) return
    const key = this.#groups.table.keyAt(this.groupOf(place))
    out.bytes(key, 0, key.length)
    out.number(this.#positions.get(place))
    out.text(text)
  }

  read(place: number, from: StateReader): void {
    this.remove(place)
    if (from.byte() === GONE) return
    const key = from.bytes()
    const group = this.#groups.intern(key, key.length)
    const position = from.number()
    this.put(place, { text: from.text(), position }, group)
  }

  #setText(place: number, text: string | null): void {
    this.#characters += sizeOf(text) - sizeOf(this.#texts[place])
    this.#texts[place] = text
  }
}

const sizeOf = (text: string | null | undefined) => (typeof text === 'string' ? TEXT_BYTES + text.length : 0)
