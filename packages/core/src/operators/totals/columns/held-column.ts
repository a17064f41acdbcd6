import type { Batch } from '../../../batch/batch.ts'
import type { StateReader, StateWriter } from './state-bytes.ts'

/** Adds rows of a batch: for each `j` below `count`, row `rows[j]` to the key at `places[j]`. */
export type AddToPlaces = (rows: Int32Array, places: Int32Array, count: number) => void

/** Holds the accumulators of one aggregate for all keys, each at the place of its key. */
export interface HeldColumn {
  /** The bytes that it holds in arrays with a place for each key, free ones too. */
  readonly bytes: number
  /** The bytes that it holds beside them, for values that are objects of their own. */
  readonly ownBytes: number
  /** Puts an empty accumulator at a place, whatever was there. */
  begin(place: number): void
  adder(batch: Batch<unknown>): AddToPlaces
  /** Returns the result of the accumulator at a place. */
  result(place: number): unknown
  write(place: number, out: StateWriter): void
  /** Puts the accumulator at a place that `write` wrote. */
  read(place: number, from: StateReader): void
}
