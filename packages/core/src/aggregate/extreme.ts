import { valueAt } from '../base/own-names.ts'
import type { ValueOf } from './aggregate.ts'
import { builtIn } from './built-in.ts'
import { anyReader, compare, fieldOf, fromTagged, nullableTypeOf, toTagged } from './column.ts'
import type { ColumnAgg } from './column-agg.ts'
import { DecimalValue } from './decimal-value.ts'

/**
 * Returns the smallest value of a column, or of a member at a path such as `user.age`: numbers, decimals, dates and instants by size, text and enums
 * by their UTF-8 bytes as in DuckDB and Parquet, false before true. Null and absent values are skipped, and the smallest of none is null. The result
 * has the type of the column.
 *
 * @example
 * windowed(tumbling({ size: '1 hour' }), { aggregate: { earliest: min('created_at') } }) // { …, earliest: Date 12:00:07 }
 */
export function min<const C extends string>(name: C): ColumnAgg<C, unknown, ValueOf<C>> {
  return extreme('min', name, -1)
}

/**
 * Returns the largest value of a column; see `min`.
 *
 * @example
 * windowed(tumbling({ size: '1 hour' }), { aggregate: { slowest: max('minutes') } }) // { …, slowest: 90 }
 */
export function max<const C extends string>(name: C): ColumnAgg<C, unknown, ValueOf<C>> {
  return extreme('max', name, 1)
}

function extreme<const C extends string>(kind: string, name: C, wanted: -1 | 1): ColumnAgg<C, unknown, ValueOf<C>> {
  // Rows alone do not say whether a text is a decimal. `windowed` asks for the type before it adds rows.
  let isDecimal = false
  const better = (acc: unknown, value: unknown) => {
    if (value === null || value === undefined) return acc
    return acc === null || compare(value, acc) === wanted ? value : acc
  }
  return builtIn({
    init: () => null,
    add(acc: unknown, row) {
      const value = valueAt(row, name)
      return better(acc, isDecimal ? decimalOf(value) : value)
    },
    merge: better,
    result: (acc: unknown) => (acc instanceof DecimalValue ? acc.text : acc) as ValueOf<C>,
    typeIn(schema) {
      isDecimal = fieldOf(schema, name, kind).kind === 'decimal'
      return nullableTypeOf(schema, name, kind)
    },
    toJson: toTagged,
    fromJson: fromTagged,
    columnar(batch) {
      const read = anyReader(batch, name, kind)
      const ofDecimals = fieldOf(batch.schema, name, kind).kind === 'decimal'
      return ofDecimals ? (acc, i) => better(acc, decimalOf(read(i))) : (acc, i) => better(acc, read(i))
    },
    options: [kind, name],
  })
}

const decimalOf = (value: unknown) => (typeof value === 'string' ? new DecimalValue(value) : value)
