import type { Batch } from '../../batch/batch.ts'
import { type KeyCodes, keyCodesOf } from './key-codes.ts'
import type { Keys } from './keys.ts'

/** Tables of a batch have at most this many places for each of its rows, so that filling them costs less than what they save. */
const PLACES_A_ROW = 4

/** Returns the place of the group that row `i` of a batch belongs to. */
export type PlaceOfRow = (i: number) => number

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
  in(keys: Keys, placeOf: (id: number) => number): PlaceOfRow {
    const codes = this.#codes
    if (!codes) {
      const reader = keys.reader(this.#batch)
      return (i) => placeOf(reader.idOf(i))
    }
    const { codes: codeOf, size, valuesOf } = codes
    const search = (code: number) => placeOf(keys.intern(valuesOf(code)))
    if (size > this.#room) return (i) => search(codeOf[i] as number)
    this.#room -= size
    const places = new Int32Array(size).fill(-1)
    return (i) => {
      const code = codeOf[i] as number
      const place = places[code] as number
      if (place >= 0) return place
      places[code] = search(code)
      return places[code] as number
    }
  }
}
