import type { Batch } from '../../batch/batch.ts'
import { type KeyCodes, keyCodesOf } from './key-codes.ts'
import type { Keys } from './keys.ts'

/** Tables of a batch have at most this many places for each of its rows, so that filling them costs less than what they save. */
const PLACES_A_ROW = 4

/** Writes the places of the groups that rows `[from, to)` of a batch belong to into `places`, from `at` on. */
export type FindPlaces = (from: number, to: number, places: Int32Array, at: number) => void

/** Finds the groups of a batch's rows in one window after the other. */
export class GroupFinder {
  readonly #batch: Batch<unknown>
  readonly #codes: KeyCodes | null
  #room: number

  constructor(batch: Batch<unknown>, by: readonly string[]) {
    this.#batch = batch
    this.#codes = keyCodesOf(batch, by)
    this.#room = PLACES_A_ROW * batch.length
  }

  /**
   * Returns what finds the places of rows in one window: in a table by the key's code where keys are few, else key by key.
   *
   * @param keys those of the window
   * @param placeOf returns the place of the group of a key
   */
  in(keys: Keys, placeOf: (id: number) => number): FindPlaces {
    const found = this.#codes
    if (!found) {
      const reader = keys.reader(this.#batch)
      return eachRow((i) => placeOf(reader.idOf(i)))
    }
    const { codes, size, valuesOf } = found
    const search = (code: number) => placeOf(keys.intern(valuesOf(code)))
    if (size > this.#room) return eachRow((i) => search(codes[i] as number))
    this.#room -= size
    const table = new Int32Array(size).fill(-1)
    return (from, to, places, at) => {
      for (let i = from; i < to; i++) {
        const code = codes[i] as number
        let place = table[code] as number
        if (place < 0) {
          place = search(code)
          table[code] = place
        }
        places[at + i - from] = place
      }
    }
  }
}

const eachRow =
  (placeOf: (i: number) => number): FindPlaces =>
  (from, to, places, at) => {
    for (let i = from; i < to; i++) places[at + i - from] = placeOf(i)
  }
