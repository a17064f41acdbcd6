import type { $ZodType } from 'zod/v4/core'
import type { Json } from '../base/json.ts'
import type { Batch, Schema } from '../batch/batch.ts'
import type { Path, ValueAt } from '../store/field.ts'
import type { Dictionaries } from './sets/text-dictionary.ts'
import type { TextSet } from './sets/text-set.ts'

/** The event time and position of a row, for aggregates that depend on order. */
export interface At {
  /** Event time in epoch milliseconds. */
  readonly time: number
  /** The row's position in its partition. */
  readonly position: number
}

declare const valueIn: unique symbol

/** Stands for the value of column `C` in the result of an aggregate. `windowed` replaces it with the type of the column, or null. */
export interface ValueOf<out C extends string> {
  readonly [valueIn]: C
}

/**
 * Aggregates rows. It is mergeable: partial aggregates of any split of the rows give the same result (law 5).
 *
 * Accumulators go into records, so they are JSON, or `toJson` and `fromJson` say how. Without these, Infinity, NaN, a Date, a Map or a Set in one stops
 * the flow. `add` and `merge` return the accumulator, and may change the first one in place, never the second.
 */
export interface Agg<in Row, out Out> {
  /** Returns an empty accumulator. */
  init(): unknown
  /** Adds a value to an accumulator, and returns the accumulator. */
  // biome-ignore lint/suspicious/noExplicitAny: the accumulator's type is the implementer's own
  add(acc: any, row: Row, at: At): unknown
  /** Adds the accumulator `b` to `a`, and returns the result. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  merge(a: any, b: any): unknown
  /** Returns the result of an accumulator. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  result(acc: any): Out
  /** The zod type of the result, which makes its column; by default inferred from `result(init())`: a number is a DOUBLE. */
  readonly type?: $ZodType
  /** Returns the type of the result if it depends on the rows: the type of `max` is that of its column. */
  typeIn?(schema: Schema<unknown>): $ZodType
  /** Returns an accumulator as JSON. Needed if accumulators are not JSON themselves. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  toJson?(acc: any): Json
  /** Returns the accumulator that `toJson` stored. */
  fromJson?(json: Json): unknown
  /** Returns `result(fromJson(json))` without building the accumulator, for aggregates that can. */
  resultOf?(json: Json): Out
  /** Returns an `add` for row `i` of a batch that reads its columns, so that no row object is made. */
  columnar?(batch: Batch<unknown>): (acc: unknown, i: number) => unknown
  /**
   * Returns an `add` for many rows of a batch at once; null where its columns offer none. Other aggregates add row by row.
   *
   * @internal
   */
  addRows?(batch: Batch<unknown>): AddRows | null
  /**
   * Writes accumulators that are sets of texts in compact form.
   *
   * @internal
   */
  readonly sets?: SetForm
  /** Options without functions, for the pipeline's fingerprint. */
  readonly options?: Json
}

/**
 * How the accumulators of an aggregate become sets of texts in compact form, and back.
 *
 * @internal
 */
export interface SetForm {
  /** Returns an accumulator as a set; null where that is not shorter than its JSON. */
  write(acc: unknown, dictionaries: Dictionaries): TextSet | null
  /** Returns the accumulator of a set. */
  read(set: TextSet): unknown
}

/**
 * Adds rows of a batch to accumulators in a list, in place: for each `j` below `count`, row `rows[j]` to the accumulator at `places[j]`.
 *
 * @internal
 */
export type AddRows = (accs: unknown[], rows: Int32Array, places: Int32Array, count: number) => void

/** The row type of several aggregates over rows `T`. */
export type OutOf<A, T = unknown> = {
  // biome-ignore lint/suspicious/noExplicitAny: matches every row type
  [K in keyof A]: A[K] extends Agg<any, infer Out>
    ? Out extends ValueOf<infer C>
      ? C extends keyof T | Path<T>
        ? NonNullable<ValueAt<T, C>> | null
        : never
      : Out
    : never
}
