import { anyReader, atReader, compare, fromTagged, toTagged } from '../../../aggregate/column.ts'
import type { Json } from '../../../base/json.ts'
import type { Batch } from '../../../batch/batch.ts'
import type { Kind } from '../../../store/field.ts'
import { heldNumbers, heldValue, isHeldAsNumber } from './extreme-column.ts'
import type { AddToPlaces, HeldColumn } from './held-column.ts'
import type { StateReader, StateWriter } from './state-bytes.ts'
import { floats } from './typed-column.ts'

/** What a text is taken to need beside its characters. */
const TEXT_BYTES = 32

/**
 * The results of `first` and `last`: time, position and value for each key. Values are doubles for numbers and instants, and themselves for others. By event
 * time, then position, then value, as in windows.
 */
export class OrderColumn implements HeldColumn {
  readonly #agg: 'first' | 'last'
  readonly #name: string
  readonly #kind: Kind
  readonly #times = floats()
  readonly #positions = floats()
  readonly #numbers = floats()
  /** For kinds that are no doubles. */
  readonly #others: unknown[] = []
  #texts = 0

  constructor(agg: 'first' | 'last', name: string, kind: Kind) {
    this.#agg = agg
    this.#name = name
    this.#kind = kind
  }

  get bytes(): number {
    return this.#times.bytes + this.#positions.bytes + this.#numbers.bytes + this.#others.length * 8
  }

  get ownBytes(): number {
    return this.#texts
  }

  begin(place: number): void {
    this.#times.reserve(place)
    this.#positions.reserve(place)
    if (isHeldAsNumber(this.#kind)) this.#numbers.reserve(place)
    this.#put(place, Number.NaN, 0, isHeldAsNumber(this.#kind) ? Number.NaN : null)
  }

  adder(batch: Batch<unknown>): AddToPlaces {
    const at = atReader(batch)
    const read = this.#reader(batch)
    const wanted = this.#agg === 'first' ? -1 : 1
    return (rows, places, count) => {
      for (let j = 0; j < count; j++) {
        const row = rows[j] as number
        const value = read(row)
        if (value === null || value === undefined || Number.isNaN(value)) continue
        const place = places[j] as number
        const { time, position } = at(row)
        const held = this.#times.get(place)
        const order = time - held || position - this.#positions.get(place) || compare(value, this.#valueAt(place))
        if (Number.isNaN(held) || Math.sign(order) === wanted) this.#put(place, time, position, value)
      }
    }
  }

  result(place: number): unknown {
    return isHeldAsNumber(this.#kind) ? heldValue(this.#numbers.get(place), this.#kind) : this.#others[place]
  }

  write(place: number, out: StateWriter): void {
    out.number(this.#times.get(place))
    out.number(this.#positions.get(place))
    if (isHeldAsNumber(this.#kind)) out.number(this.#numbers.get(place))
    else out.text(JSON.stringify(toTagged(this.#others[place])))
  }

  read(place: number, from: StateReader): void {
    const time = from.number()
    const position = from.number()
    this.#put(place, time, position, isHeldAsNumber(this.#kind) ? from.number() : fromTagged(JSON.parse(from.text()) as Json))
  }

  #reader(batch: Batch<unknown>): (row: number) => unknown {
    return isHeldAsNumber(this.#kind) ? heldNumbers(batch, this.#name, this.#agg) : anyReader(batch, this.#name, this.#agg)
  }

  #valueAt(place: number): unknown {
    return isHeldAsNumber(this.#kind) ? this.#numbers.get(place) : this.#others[place]
  }

  #put(place: number, time: number, position: number, value: unknown): void {
    this.#times.set(place, time)
    this.#positions.set(place, position)
    if (isHeldAsNumber(this.#kind)) {
      this.#numbers.set(place, value as number)
      return
    }
    this.#texts += textBytes(value) - textBytes(this.#others[place])
    this.#others[place] = value
  }
}

/** Members of enums are one text for all keys. They are counted as texts of their own, which is too much rather than too little. */
const textBytes = (value: unknown) => (typeof value === 'string' ? TEXT_BYTES + value.length : 0)
