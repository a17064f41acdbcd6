import { valueAt } from '../base/own-names.ts'
import { builtIn } from './built-in.ts'
import { numberReader, numberTypeOf } from './column.ts'
import type { ColumnAgg } from './column-agg.ts'
import { addTo, type ExactSum, mergeInto, noSum, sumFromJson, sumToJson, valueOfSum } from './exact-sum.ts'

/**
 * Computes the sum of a column of numbers. It is rounded once at the end, so the order of rows does not matter. Null and absent values are skipped,
 * and the sum of none is 0. INT64 in files for integers, DOUBLE for other numbers.
 *
 * A sum of integers beyond ±(2^53 − 1) does not fit its column: it goes to the pipeline's dead letters, or stops it (`RESULT_REFUSED`).
 *
 * @throws as the flow's error `OPTION_INVALID` where the column holds no numbers
 * @example
 * windowed(tumbling({ size: '1 hour' }), { aggregate: { paid: sum('amount') } }) // { …, paid: 42 }
 */
export function sum<const C extends string>(name: C): ColumnAgg<C, number, number> {
  return builtIn({
    init: noSum,
    add(acc: ExactSum, row) {
      const value = valueAt(row, name) as number | null | undefined
      if (value !== null && value !== undefined) addTo(acc, value)
      return acc
    },
    merge(a: ExactSum, b: ExactSum) {
      mergeInto(a, b)
      return a
    },
    result: valueOfSum,
    typeIn: (schema) => numberTypeOf(schema, name, 'sum'),
    toJson: sumToJson,
    fromJson: sumFromJson,
    columnar(batch) {
      const read = numberReader(batch, name, 'sum')
      return (acc, i) => {
        const value = read(i)
        if (!Number.isNaN(value)) addTo(acc as ExactSum, value)
        return acc
      }
    },
    options: ['sum', name],
  })
}
