import * as z from 'zod'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { valueIn } from '../base/own-names.ts'
import { anyReader, compare } from './column.ts'
import type { ColumnAgg } from './column-agg.ts'

type Counts = Map<Json, number>

const member = (value: unknown): Json => (value instanceof Date ? value.toISOString() : (value as Json))

/**
 * Returns the `k` most frequent values of a column with their counts as JSON text, since a column holds one value: `[["billing",12],["account",7]]`.
 * It is exact and holds each different value once a window and key. Of equal counts the smaller value comes first. Null and absent values do not
 * count.
 *
 * @throws `OPTION_INVALID` with the value, unless `k` is a whole number from 1
 * @example
 * windowed(tumbling({ size: '1 hour' }), { aggregate: { busiest: topK('client_id', 2) } }) // { …, busiest: '[["CLIENT_1000",9],["CLIENT_4711",4]]' }
 */
export function topK<const C extends string>(name: C, k: number): ColumnAgg<C, unknown, string> {
  if (!(Number.isSafeInteger(k) && k > 0)) throw new TicketsError('OPTION_INVALID', `topK takes a whole number from 1, got ${k}`)
  const put = (acc: Counts, value: unknown) => {
    if (value === null || value === undefined) return acc
    const key = member(value)
    return acc.set(key, (acc.get(key) ?? 0) + 1)
  }
  return {
    init: (): Counts => new Map(),
    add: (acc: Counts, row) => put(acc, valueIn(row, name)),
    merge(a: Counts, b: Counts) {
      for (const [value, n] of b) a.set(value, (a.get(value) ?? 0) + n)
      return a
    },
    result: (acc: Counts) => JSON.stringify([...acc].sort(([a, n], [b, m]) => m - n || compare(a, b)).slice(0, k)),
    type: z.string(),
    toJson: (acc: Counts) => [...acc],
    fromJson: (json) => new Map(json as [Json, number][]),
    columnar(batch) {
      const read = anyReader(batch, name, 'topK')
      return (acc, i) => put(acc as Counts, read(i))
    },
    options: ['topK', name, k],
  }
}
