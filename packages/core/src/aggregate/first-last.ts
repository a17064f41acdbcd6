import type { Json } from '../base/json.ts'
import { valueAt } from '../base/own-names.ts'
import type { At, ValueOf } from './aggregate.ts'
import { builtIn } from './built-in.ts'
import { anyReader, atReader, compare, fromTagged, nullableTypeOf, toTagged } from './column.ts'
import type { ColumnAgg } from './column-agg.ts'

/** A value with its event time and position. */
interface Found {
  readonly time: number
  readonly position: number
  readonly value: unknown
}

/**
 * Returns the value of a column in the first row by event time. Rows of one time are ordered by position, and rows of two partitions that tie in both
 * by value, so the order of merging does not matter. Null and absent values are skipped, and the first of none is null.
 *
 * @example
 * windowed(session({ gap: '30 minutes' }), { by: 'client_id', aggregate: { opened_with: first('request_type') } })
 */
export function first<const C extends string>(name: C): ColumnAgg<C, unknown, ValueOf<C>> {
  return byOrder('first', name, -1)
}

/**
 * Returns the value of a column in the last row by event time; see `first`.
 *
 * @example
 * windowed(tumbling({ size: '1 hour' }), { by: 'client_id', aggregate: { priority: last('priority') } })
 */
export function last<const C extends string>(name: C): ColumnAgg<C, unknown, ValueOf<C>> {
  return byOrder('last', name, 1)
}

function byOrder<const C extends string>(kind: string, name: C, wanted: -1 | 1): ColumnAgg<C, unknown, ValueOf<C>> {
  const better = (a: Found | null, b: Found | null) => {
    if (!a || !b) return a ?? b
    const order = b.time - a.time || b.position - a.position || compare(b.value, a.value)
    return Math.sign(order) === wanted ? b : a
  }
  const put = (acc: Found | null, value: unknown, at: At) =>
    value === null || value === undefined ? acc : better(acc, { time: at.time, position: at.position, value })
  return builtIn({
    init: () => null,
    add: (acc: Found | null, row, at) => put(acc, valueAt(row, name), at),
    merge: better,
    result: (acc: Found | null) => (acc ? acc.value : null) as ValueOf<C>,
    typeIn: (schema) => nullableTypeOf(schema, name, kind),
    toJson: (acc: Found | null) => acc && [acc.time, acc.position, toTagged(acc.value)],
    fromJson(json) {
      if (json === null) return null
      const [time, position, value] = json as [number, number, Json]
      return { time, position, value: fromTagged(value) }
    },
    columnar(batch) {
      const read = anyReader(batch, name, kind)
      const at = atReader(batch)
      return (acc, i) => put(acc as Found | null, read(i), at(i))
    },
    options: [kind, name],
  })
}
