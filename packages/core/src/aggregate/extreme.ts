import { TicketsError } from '../base/errors.ts'
import { valueIn } from '../base/own-names.ts'
import type { Field } from '../store/field.ts'
import type { ValueOf } from './aggregate.ts'
import { anyReader, compare, fieldOf, fromTagged, nullableTypeOf, toTagged } from './column.ts'
import type { ColumnAgg } from './column-agg.ts'

/**
 * Returns the smallest value of a column: numbers and instants by size, text and enums by their UTF-8 bytes as in DuckDB and Parquet, false before
 * true. Null and absent values are skipped, and the smallest of none is null. The result has the type of the column.
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

/** Decimals are text in rows, and text sorts otherwise. */
function checkKind({ name, kind }: Field, agg: string): void {
  if (kind === 'decimal') throw new TicketsError('OPTION_INVALID', `${agg}("${name}") takes no column of decimals: make one of numbers with mapRows`)
}

function extreme<const C extends string>(kind: string, name: C, wanted: -1 | 1): ColumnAgg<C, unknown, ValueOf<C>> {
  const better = (acc: unknown, value: unknown) => {
    if (value === null || value === undefined) return acc
    return acc === null || compare(value, acc) === wanted ? value : acc
  }
  return {
    init: () => null,
    add: (acc: unknown, row) => better(acc, valueIn(row, name)),
    merge: better,
    result: (acc: unknown) => acc as ValueOf<C>,
    typeIn(schema) {
      checkKind(fieldOf(schema, name, kind), kind)
      return nullableTypeOf(schema, name)
    },
    toJson: toTagged,
    fromJson: fromTagged,
    columnar(batch) {
      const read = anyReader(batch, name, kind)
      return (acc, i) => better(acc, read(i))
    },
    options: [kind, name],
  }
}
