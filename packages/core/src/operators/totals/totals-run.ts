import type { Batch, Schema } from '../../batch/batch.ts'
import { locate } from '../../batch/paths.ts'
import type { Field } from '../../store/field.ts'
import { eventTimes } from '../../time/event-time.ts'
import { type Late, requireWatermarks } from '../../window/engine/late.ts'
import type { HeldColumn } from './columns/held-column.ts'
import { adderOf, heldColumn } from './columns/held-columns.ts'
import { StateReader, StateWriter } from './columns/state-bytes.ts'
import { checkLimit, type TotalsDefinition } from './definition.ts'
import { keyValues, keyWriter } from './key-bytes.ts'
import { HASHES } from './key-table.ts'
import { readHead, writeHead } from './snapshot-head.ts'
import type { TotalsOutput } from './totals-output.ts'
import { TotalsStore } from './totals-store.ts'

/** Rows that are added to the totals at once: few enough to stay in the cache of a core. */
const MOST = 2048
/** Keys are looked through for those that are gone once as many rows have passed as this part of them. */
const SWEEP_PART = 1 / 4

/** What a `runningTotals` keeps, from the first batch of a subscription on. */
export interface Totals {
  /** Counts the rows of a batch, each against the watermark just before it; returns the late ones. Throws `STATE_LIMIT`. */
  rows(batch: Batch<unknown>): Late[]
  /** Emits the totals that changed since they were last emitted. */
  show(): void
  /** Returns what changed, and the next part of the rest (docs/internals/protocol.md#3.10). */
  snapshot(): { readonly bytes: Uint8Array; readonly endsRound: boolean }
  restore(bytes: Uint8Array): void
}

/** One subscription of a `runningTotals`, from its first batch on: the totals by key, and what is emitted of them (docs/internals/protocol.md#9.4). */
export class TotalsRun implements Totals {
  readonly #definition: TotalsDefinition
  readonly #output: TotalsOutput
  readonly #fields: readonly Field[]
  readonly #columns: readonly HeldColumn[]
  readonly #store: TotalsStore
  readonly #key = new StateWriter()
  readonly #rows = new Int32Array(MOST)
  readonly #places = new Int32Array(MOST)
  #watermark = Number.NEGATIVE_INFINITY
  /** What the next row of each key gets as its `revision`. */
  #revision = 0
  /** Where the next part of a snapshot begins, as a hash. */
  #part = 0
  /** Keys that are gone since the last snapshot, and that an earlier one holds. */
  #gone = new StateWriter(16)
  #sinceSweep = 0

  constructor(definition: TotalsDefinition, input: Schema<unknown>, output: TotalsOutput) {
    this.#definition = definition
    this.#output = output
    this.#fields = definition.by.map((name) => locate(input.fields, name)?.field as Field)
    this.#columns = Object.entries(definition.aggregate).map(([name, agg]) => heldColumn(name, agg, input))
    this.#store = new TotalsStore(this.#columns)
  }

  rows(batch: Batch<unknown>): Late[] {
    const { ttl, by } = this.#definition
    const watermarks = requireWatermarks(batch)
    const time = eventTimes(batch)
    const write = keyWriter(batch, by)
    const add = adderOf(this.#columns, batch)
    const key = this.#key
    const late: Late[] = []
    let count = 0
    for (let i = 0; i < batch.length; i++) {
      const watermark = Math.max(this.#watermark, watermarks[i] as number)
      this.#watermark = watermark
      key.clear()
      write(i, key)
      const at = time(i)
      if (ttl < Number.POSITIVE_INFINITY) {
        const known = this.#store.table.find(key.written, key.length)
        const isGone = known >= 0 && watermark > this.#store.lastOf(known) + ttl
        const last = known < 0 || isGone ? Number.NEGATIVE_INFINITY : this.#store.lastOf(known)
        if (watermark > Math.max(at, last) + ttl) {
          late.push({ row: i, watermark, windows: [] })
          continue
        }
        if (isGone) {
          add(this.#rows, this.#places, count)
          count = 0
          this.#beginAnew(known)
        }
      }
      const place = this.#store.intern(key.written, key.length)
      this.#store.touch(place, at)
      this.#rows[count] = i
      this.#places[count] = place
      if (++count < MOST) continue
      add(this.#rows, this.#places, count)
      count = 0
    }
    add(this.#rows, this.#places, count)
    this.#sinceSweep += batch.length
    this.#checkLimit()
    return late
  }

  show(): void {
    let isAny = false
    this.#store.eachUnshown((place) => {
      isAny = true
      this.#emit(place)
    })
    if (isAny) this.#revision++
    this.#output.flush(this.#watermark)
    if (this.#sinceSweep > this.#store.table.size * SWEEP_PART) this.#sweep()
  }

  snapshot(): { readonly bytes: Uint8Array; readonly endsRound: boolean } {
    const out = new StateWriter()
    writeHead({ watermark: this.#watermark, revision: this.#revision }, out)
    out.bytes(this.#gone.written, 0, this.#gone.length)
    this.#gone = new StateWriter(16)
    // The place where the next part begins is written behind the totals, since it is known then.
    const totals = new StateWriter(64 * 1024)
    const next = this.#store.write(this.#part, totals)
    const endsRound = next === HASHES
    this.#part = endsRound ? 0 : next
    out.number(this.#part)
    return { bytes: joined(out, totals), endsRound }
  }

  restore(bytes: Uint8Array): void {
    const from = new StateReader(bytes)
    const { watermark, revision } = readHead(from, this.#definition.id)
    this.#watermark = watermark
    this.#revision = revision
    const gone = new StateReader(from.bytes())
    while (!gone.isAtEnd) this.#store.drop(gone.bytes())
    this.#part = from.number()
    while (!from.isAtEnd) this.#store.read(from)
  }

  /** Begins a key anew that is gone: what was not emitted of it is, with a `revision` below that of what comes. */
  #beginAnew(place: number): void {
    if (this.#store.isUnshown(place)) {
      this.#emit(place)
      this.#revision++
    }
    this.#store.begin(place)
  }

  #emit(place: number): void {
    const values = keyValues(this.#store.table.keyAt(place), this.#fields)
    values.push(...this.#columns.map((column) => column.result(place)), new Date(this.#store.lastOf(place)), this.#revision)
    this.#output.add(values, this.#watermark)
  }

  /** Forgets the keys that are gone. They are gone for rows before that, too: this only gives their memory back. */
  #sweep(): void {
    this.#sinceSweep = 0
    if (this.#definition.ttl < Number.POSITIVE_INFINITY) this.#store.sweep(this.#watermark, this.#definition.ttl, this.#gone)
  }

  #checkLimit(): void {
    const { stateLimit, ttl } = this.#definition
    if (this.#store.bytes > stateLimit && ttl < Number.POSITIVE_INFINITY) {
      this.show()
      this.#sweep()
    }
    checkLimit(this.#definition, this.#store.bytes, this.#store.table.size)
  }
}

function joined(head: StateWriter, rest: StateWriter): Uint8Array {
  const all = new Uint8Array(head.length + rest.length)
  all.set(head.written)
  all.set(rest.written, head.length)
  return all
}
