import * as z from 'zod'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { valueAt } from '../base/own-names.ts'
import { compareDecimals } from '../values/compare-decimals.ts'
import { anyReader, compare, fieldOf } from './column.ts'
import type { ColumnAgg } from './column-agg.ts'

interface Counts {
  readonly of: Map<Json, number>
  /** Whether the values are decimals, which as text sort otherwise. */
  isDecimal: boolean
}

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
  // Rows alone do not say whether a text is a decimal. `windowed` asks for the type before it adds rows.
  let ofDecimals = false
  const put = (acc: Counts, value: unknown, isDecimal: boolean) => {
    if (value === null || value === undefined) return acc
    const key = member(value)
    acc.of.set(key, (acc.of.get(key) ?? 0) + 1)
    acc.isDecimal = isDecimal
    return acc
  }
  return {
    init: (): Counts => ({ of: new Map(), isDecimal: false }),
    add: (acc: Counts, row) => put(acc, valueAt(row, name), ofDecimals),
    merge(a: Counts, b: Counts) {
      for (const [value, n] of b.of) a.of.set(value, (a.of.get(value) ?? 0) + n)
      a.isDecimal ||= b.isDecimal
      return a
    },
    result({ of, isDecimal }: Counts) {
      const order = isDecimal ? (a: Json, b: Json) => compareDecimals(a as string, b as string) : compare
      return JSON.stringify([...of].sort(([a, n], [b, m]) => m - n || order(a, b)).slice(0, k))
    },
    typeIn(schema) {
      ofDecimals = fieldOf(schema, name, 'topK').kind === 'decimal'
      return z.string()
    },
    // Counts of other values have the format of earlier releases.
    toJson: ({ of, isDecimal }: Counts) => (isDecimal ? { decimals: [...of] } : [...of]),
    fromJson(json): Counts {
      const isDecimal = !Array.isArray(json)
      return { of: new Map((isDecimal ? (json as { decimals: Json }).decimals : json) as [Json, number][]), isDecimal }
    },
    columnar(batch) {
      const read = anyReader(batch, name, 'topK')
      const isDecimal = fieldOf(batch.schema, name, 'topK').kind === 'decimal'
      return (acc, i) => put(acc as Counts, read(i), isDecimal)
    },
    options: ['topK', name, k],
  }
}
