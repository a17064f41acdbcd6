import type { Batch } from '../../../batch/batch.ts'
import type { StateReader, StateWriter } from './state-bytes.ts'

/** Adds rows of a batch: for each `j` below `count`, row `rows[j]` to the key at `places[j]`. */
export type AddToPlaces = (rows: Int32Array, places: Int32Array, count: number) => void

/** Holds something of each key, at the place of the key. */
export interface StoredColumn {
  /** The bytes that it holds in arrays with a place for each key, free ones too. */
  readonly bytes: number
  /** The bytes that it holds beside them, for values that are objects of their own. */
  readonly ownBytes: number
  /** Puts nothing at a place, whatever was there. */
  begin(place: number): void
  write(place: number, out: StateWriter): void
  /** Puts at a place what `write` wrote. */
  read(place: number, from: StateReader): void
}

/** Holds the accumulators of one aggregate for all keys. */
export interface HeldColumn extends StoredColumn {
  adder(batch: Batch<unknown>): AddToPlaces
  /**
   * Returns what takes a row back that was added at a place, and says whether it could: where not, the rows of that key have to be added anew. Absent where it
   * never can.
   */
  remover?(batch: Batch<unknown>): (row: number, place: number) => boolean
  /** Returns the result of the accumulator at a place. */
  result(place: number): unknown
}
