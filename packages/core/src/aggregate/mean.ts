import * as z from 'zod'
import { valueAt } from '../base/own-names.ts'
import { builtIn } from './built-in.ts'
import { numberReader } from './column.ts'
import type { ColumnAgg } from './column-agg.ts'
import { addTo, type ExactSum, meanOfSum, mergeInto, noSum, sumFromJson, sumToJson } from './exact-sum.ts'

interface Mean {
  readonly sum: ExactSum
  count: number
}

/**
 * Computes the mean of a column of numbers: its exact sum over their count, the same in any order. Null and absent values are skipped, and the mean
 * of none is null. DOUBLE in files.
 *
 * @throws as the flow's error `OPTION_INVALID` where the column holds no numbers
 * @example
 * windowed(tumbling({ size: '1 hour' }), { aggregate: { average: mean('minutes') } }) // { …, average: 12.5 }
 */
export function mean<const C extends string>(name: C): ColumnAgg<C, number, number | null> {
  const put = (acc: Mean, value: number) => {
    addTo(acc.sum, value)
    acc.count++
    return acc
  }
  return builtIn({
    init: (): Mean => ({ sum: noSum(), count: 0 }),
    add(acc: Mean, row) {
      const value = valueAt(row, name) as number | null | undefined
      return value === null || value === undefined ? acc : put(acc, value)
    },
    merge(a: Mean, b: Mean) {
      mergeInto(a.sum, b.sum)
      a.count += b.count
      return a
    },
    result: ({ sum, count }: Mean) => (count === 0 ? null : meanOfSum(sum, count)),
    type: z.nullable(z.number()),
    toJson: ({ sum, count }: Mean) => [count, sumToJson(sum)],
    fromJson(json) {
      const [count, sum] = json as [number, never]
      return { sum: sumFromJson(sum), count }
    },
    columnar(batch) {
      const read = numberReader(batch, name, 'mean')
      return (acc, i) => {
        const value = read(i)
        return Number.isNaN(value) ? acc : put(acc as Mean, value)
      }
    },
    options: ['mean', name],
  })
}
