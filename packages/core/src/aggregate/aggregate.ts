import type { $ZodType } from 'zod/v4/core'
import type { Batch } from '../batch/batch.ts'
import type { Json } from '../pipeline/source.ts'

/**
 * Puts rows together: mergeable, so that partials from any split of the rows give the same result (law 5).
 *
 * Accumulators go into records, so they are JSON, or `toJson` and `fromJson` say how. `add` and `merge` return the accumulator, and
 * may change the first one in place.
 */
export interface Agg<in Row, out Out> {
  init(): unknown
  // biome-ignore lint/suspicious/noExplicitAny: the accumulator's type is the implementer's own
  add(acc: any, row: Row): unknown
  // biome-ignore lint/suspicious/noExplicitAny: as above
  merge(a: any, b: any): unknown
  // biome-ignore lint/suspicious/noExplicitAny: as above
  result(acc: any): Out
  /** The zod type of the result, which makes its column; by default told from `result(init())`: a number is a DOUBLE. */
  readonly type?: $ZodType
  // biome-ignore lint/suspicious/noExplicitAny: as above
  toJson?(acc: any): Json
  fromJson?(json: Json): unknown
  /** The same as `add`, for row `i` of a batch by its columns; what ours have, so that no row object is made. */
  columnar?(batch: Batch<unknown>): (acc: unknown, i: number) => unknown
  /** Options without functions, for the pipeline's fingerprint. */
  readonly options?: Json
}

/** The results of a record of aggregates. */
// biome-ignore lint/suspicious/noExplicitAny: matches every row type
export type OutOf<A> = { [K in keyof A]: A[K] extends Agg<any, infer Out> ? Out : never }
