import * as z from 'zod'
import { TicketsError } from '../base/errors.ts'
import { valueAt } from '../base/own-names.ts'
import { numberReader } from './column.ts'
import type { ColumnAgg } from './column-agg.ts'
import { DdSketch } from './dd-sketch.ts'

/** Settings of `quantile`. */
export interface QuantileOptions {
  /** How far the result may be from the true value, relative to it; 0.01 (1 %) by default. A smaller error takes more state. */
  error?: number
}

/**
 * Estimates a quantile of a column of numbers with a DDSketch, to a relative error of 1 %; 0.5 is the median. It is the value of rank
 * `floor(q · (n − 1))`; the smallest and the largest are exact. Null and absent values are skipped, and the quantile of none is null.
 *
 * @throws `OPTION_INVALID` with the value, unless 0 ≤ q ≤ 1 and 0 < error < 1; as the flow's error where the column holds no numbers,
 * `BATCH_VALUE` for an infinite one
 * @example
 * windowed(tumbling({ size: '1 hour' }), { aggregate: { p99: quantile('minutes', 0.99) } }) // { …, p99: 88.7 }
 */
export function quantile<const C extends string>(name: C, q: number, { error = 0.01 }: QuantileOptions = {}): ColumnAgg<C, number, number | null> {
  if (!(q >= 0 && q <= 1)) throw new TicketsError('OPTION_INVALID', `quantile takes a share between 0 and 1, got ${q}`)
  if (!(error > 0 && error < 1)) throw new TicketsError('OPTION_INVALID', `the error of a quantile is between 0 and 1, got ${error}`)
  const put = (acc: DdSketch, value: number) => {
    if (!Number.isFinite(value)) throw new TicketsError('BATCH_VALUE', `quantile("${name}") takes finite numbers, got ${value}`)
    acc.add(value)
    return acc
  }
  return {
    init: () => new DdSketch(error),
    add(acc: DdSketch, row) {
      const value = valueAt(row, name) as number | null | undefined
      return value === null || value === undefined ? acc : put(acc, value)
    },
    merge(a: DdSketch, b: DdSketch) {
      a.merge(b)
      return a
    },
    result: (acc: DdSketch) => acc.quantile(q),
    type: z.nullable(z.number()),
    toJson: (acc: DdSketch) => acc.toJson(),
    fromJson: (json) => DdSketch.fromJson(error, json),
    columnar(batch) {
      const read = numberReader(batch, name, 'quantile')
      return (acc, i) => {
        const value = read(i)
        return Number.isNaN(value) ? acc : put(acc as DdSketch, value)
      }
    },
    options: ['quantile', name, q, error],
  }
}
