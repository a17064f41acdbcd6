import type { Agg } from '../../../aggregate/aggregate.ts'
import type { Batch } from '../../../batch/batch.ts'
import type { AddToPlaces, HeldColumn } from './held-column.ts'
import type { StateReader, StateWriter } from './state-bytes.ts'
import { floats } from './typed-column.ts'

/** The counts of `count` and `countWhere`: a number for each key. */
export class CountColumn implements HeldColumn {
  readonly ownBytes = 0
  readonly #columnar: NonNullable<Agg<unknown, unknown>['columnar']>
  readonly #counts = floats()

  /** @param columnar that of the aggregate, which says which rows count */
  constructor(columnar: NonNullable<Agg<unknown, unknown>['columnar']>) {
    this.#columnar = columnar
  }

  get bytes(): number {
    return this.#counts.bytes
  }

  begin(place: number): void {
    this.#counts.reserve(place)
    this.#counts.set(place, 0)
  }

  adder(batch: Batch<unknown>): AddToPlaces {
    const step = this.#columnar(batch)
    const counts = this.#counts
    return (rows, places, count) => {
      for (let j = 0; j < count; j++) {
        const place = places[j] as number
        counts.set(place, step(counts.get(place), rows[j] as number) as number)
      }
    }
  }

  remover(batch: Batch<unknown>): (row: number, place: number) => boolean {
    const step = this.#columnar(batch)
    return (row, place) => {
      this.#counts.set(place, this.#counts.get(place) - (step(0, row) as number))
      return true
    }
  }

  result(place: number): number {
    return this.#counts.get(place)
  }

  write(place: number, out: StateWriter): void {
    out.number(this.#counts.get(place))
  }

  read(place: number, from: StateReader): void {
    this.#counts.set(place, from.number())
  }
}
