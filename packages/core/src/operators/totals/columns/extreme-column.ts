import { columnOf, compare, numberReader, numeric } from '../../../aggregate/column.ts'
import type { Batch } from '../../../batch/batch.ts'
import { validityOf, wideReader } from '../../../batch/columns.ts'
import type { Kind } from '../../../store/field.ts'
import type { AddToPlaces, HeldColumn } from './held-column.ts'
import type { StateReader, StateWriter } from './state-bytes.ts'
import { floats } from './typed-column.ts'

/** Returns whether values of this kind are held as doubles: numbers, and instants as epoch milliseconds. */
export const isHeldAsNumber = (kind: Kind): boolean => kind === 'instant' || numeric.includes(kind)

/** Returns a reader of such a column. Where there is no value it returns NaN. */
export function heldNumbers(batch: Batch<unknown>, name: string, agg: string): (i: number) => number {
  const { field, data } = columnOf(batch, name, agg)
  if (field.kind !== 'instant') return numberReader(batch, name, agg)
  const read = wideReader(data)
  const isValid = validityOf(data)
  return (i) => (isValid(i) ? read(i) : Number.NaN)
}

/** Returns the row value of a number that is held; null for NaN. */
export const heldValue = (value: number, kind: Kind): unknown => (Number.isNaN(value) ? null : kind === 'instant' ? new Date(value) : value)

/** The results of `min` and `max` over numbers and instants: a double for each key, NaN where there is none. */
export class ExtremeColumn implements HeldColumn {
  readonly ownBytes = 0
  readonly #agg: 'min' | 'max'
  readonly #name: string
  readonly #kind: Kind
  readonly #values = floats()

  constructor(agg: 'min' | 'max', name: string, kind: Kind) {
    this.#agg = agg
    this.#name = name
    this.#kind = kind
  }

  get bytes(): number {
    return this.#values.bytes
  }

  begin(place: number): void {
    this.#values.reserve(place)
    this.#values.set(place, Number.NaN)
  }

  adder(batch: Batch<unknown>): AddToPlaces {
    const read = heldNumbers(batch, this.#name, this.#agg)
    const values = this.#values
    const wanted = this.#agg === 'min' ? -1 : 1
    return (rows, places, count) => {
      for (let j = 0; j < count; j++) {
        const value = read(rows[j] as number)
        if (Number.isNaN(value)) continue
        const place = places[j] as number
        const held = values.get(place)
        if (Number.isNaN(held) || compare(value, held) === wanted) values.set(place, value)
      }
    }
  }

  result(place: number): unknown {
    return heldValue(this.#values.get(place), this.#kind)
  }

  write(place: number, out: StateWriter): void {
    out.number(this.#values.get(place))
  }

  read(place: number, from: StateReader): void {
    this.#values.set(place, from.number())
  }
}
