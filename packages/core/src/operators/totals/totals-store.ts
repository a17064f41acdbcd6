import type { StoredColumn } from './columns/held-column.ts'
import type { StateReader, StateWriter } from './columns/state-bytes.ts'
import { flags, floats } from './columns/typed-column.ts'
import { KeyTable } from './key-table.ts'

/** The keys that each snapshot holds beside those that changed, at least: this part of all, so that a round ends within so many records, and this many. */
const ROUND_RECORDS = 256
const LEAST_KEYS = 64
/** What is noted of a place. */
const HELD = 1
/** Its total has changed since it was last shown. */
const UNSHOWN = 2
/** Its total has changed since the last snapshot. */
const UNSAVED = 4
/** Some snapshot holds its key, so the next one has to say when it is gone. */
const SAVED = 8

/** Holds what is known of all keys in columns side by side: a key is a place in each, and has no object of its own. */
export class TotalsStore {
  readonly table = new KeyTable()
  readonly #columns: readonly StoredColumn[]
  readonly #last = floats()
  readonly #flags = flags()
  #unshown: number[] = []
  #unsaved: number[] = []
  /** No key has an earlier last row. */
  #oldest = Number.POSITIVE_INFINITY

  constructor(columns: readonly StoredColumn[]) {
    this.#columns = columns
  }

  /** The bytes that its keys need. Places of keys that are gone are used again, so they do not count. */
  get bytes(): number {
    const lists = (this.#unshown.length + this.#unsaved.length) * 8
    const all = this.#columns.reduce((sum, { bytes }) => sum + bytes, this.table.bytes + this.#last.bytes + this.#flags.bytes + lists)
    const inUse = this.table.top === 0 ? 1 : this.table.size / this.table.top
    return this.#columns.reduce((sum, { ownBytes }) => sum + ownBytes, all * inUse)
  }

  /** Returns the event time of the last row of the key at a place, in epoch milliseconds. */
  lastOf(place: number): number {
    return this.#last.get(place)
  }

  /** Returns the place of a key, with an empty total if it is new. */
  intern(key: Uint8Array, length: number): number {
    const place = this.table.intern(key, length)
    this.#flags.reserve(place)
    if (this.#flags.get(place) === 0) {
      this.#last.reserve(place)
      this.#flags.set(place, HELD)
      this.begin(place)
    }
    return place
  }

  /** Puts an empty total at a place. */
  begin(place: number): void {
    this.#last.set(place, Number.NEGATIVE_INFINITY)
    for (const column of this.#columns) column.begin(place)
  }

  /** Notes that a row of the key at a place counts. */
  touch(place: number, time: number): void {
    if (time > this.#last.get(place)) this.#last.set(place, time)
    if (time < this.#oldest) this.#oldest = time
    const noted = this.#flags.get(place)
    if ((noted & UNSHOWN) === 0) this.#unshown.push(place)
    if ((noted & UNSAVED) === 0) this.#unsaved.push(place)
    this.#flags.set(place, noted | UNSHOWN | UNSAVED)
  }

  isUnshown(place: number): boolean {
    return (this.#flags.get(place) & UNSHOWN) !== 0
  }

  /** Calls `show` for each place whose total has changed since it was last shown, in the order in which they changed. */
  eachUnshown(show: (place: number) => void): void {
    const changed = this.#unshown
    this.#unshown = []
    for (const place of changed) {
      if (!this.isUnshown(place)) continue
      this.#flags.set(place, this.#flags.get(place) & ~UNSHOWN)
      show(place)
    }
  }

  /** Forgets each key with `watermark > last + ttl`, and writes those that a snapshot holds. All that changed must have been shown. */
  sweep(watermark: number, ttl: number, gone: StateWriter): void {
    if (watermark <= this.#oldest + ttl) return
    this.#oldest = Number.POSITIVE_INFINITY
    for (let place = 0; place < this.table.top; place++) {
      if (this.#flags.get(place) === 0) continue
      const last = this.#last.get(place)
      if (watermark > last + ttl) this.#remove(place, gone)
      else if (last < this.#oldest) this.#oldest = last
    }
  }

  /** Forgets a key, if it is held. */
  drop(key: Uint8Array): void {
    const place = this.table.find(key, key.length)
    if (place >= 0) this.#remove(place, null)
  }

  #remove(place: number, gone: StateWriter | null): void {
    if (gone && (this.#flags.get(place) & SAVED) !== 0) {
      const key = this.table.keyAt(place)
      gone.bytes(key, 0, key.length)
    }
    this.begin(place)
    this.#flags.set(place, 0)
    this.table.remove(place)
  }

  /** Writes totals that changed since the last snapshot, and before them the next part of the others. Returns where the part after that begins. */
  write(from: number, out: StateWriter): number {
    // A part is as long as what changed, so that all parts together cost no more than the changes meanwhile.
    let wanted = Math.max(LEAST_KEYS, this.table.size / ROUND_RECORDS, this.#unsaved.length)
    const next = this.table.visit(
      from,
      () => wanted <= 0,
      (place) => {
        wanted--
        if ((this.#flags.get(place) & UNSAVED) === 0) this.#write(place, out)
      },
    )
    for (const place of this.#unsaved) {
      // A key that is gone, and a place that is on the list twice, are written no more.
      if ((this.#flags.get(place) & UNSAVED) === 0) continue
      this.#write(place, out)
      this.#flags.set(place, (this.#flags.get(place) & ~UNSAVED) | SAVED)
    }
    this.#unsaved = []
    return next
  }

  /** Takes back what `write` wrote of one key. */
  read(from: StateReader): void {
    const key = from.bytes()
    const place = this.intern(key, key.length)
    const last = from.number()
    this.#last.set(place, last)
    if (last < this.#oldest) this.#oldest = last
    this.#flags.set(place, HELD | SAVED)
    for (const column of this.#columns) column.read(place, from)
  }

  #write(place: number, out: StateWriter): void {
    const key = this.table.keyAt(place)
    out.bytes(key, 0, key.length)
    out.number(this.#last.get(place))
    for (const column of this.#columns) column.write(place, out)
  }
}
