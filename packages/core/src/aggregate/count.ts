import * as z from 'zod'
import { valueAt } from '../base/own-names.ts'
import { membersOf, validityOf, valueReader } from '../batch/columns.ts'
import type { Agg } from './aggregate.ts'
import { builtIn } from './built-in.ts'
import { columnOf } from './column.ts'
import type { ColumnAgg } from './column-agg.ts'

/**
 * Counts rows. The result is an integer, INT64 in files.
 *
 * @example
 * windowed(tumbling({ size: '1 minute' }), { aggregate: { tickets: count() } }) // { …, tickets: 3 }
 */
export function count(): Agg<unknown, number> {
  return builtIn(counting())
}

function counting(): Agg<unknown, number> {
  return {
    init: () => 0,
    add: (acc: number) => acc + 1,
    merge: (a: number, b: number) => a + b,
    result: (acc: number) => acc,
    type: z.int(),
    columnar: () => (acc) => (acc as number) + 1,
    addRows: () => (accs, _rows, places, count) => {
      for (let j = 0; j < count; j++) accs[places[j] as number] = (accs[places[j] as number] as number) + 1
    },
    options: 'count',
  }
}

/**
 * Counts the rows that have this value in this column. A value that the column's type does not have is a type error.
 *
 * @example
 * { critical: countWhere('priority', 'critical') } // { …, critical: 1 }
 */
export function countWhere<const C extends string, const V extends string | number | boolean | null>(
  name: C,
  value: V,
): ColumnAgg<C, unknown, number, V> {
  return builtIn({
    ...counting(),
    addRows: () => null,
    add: (acc: number, row) => (valueAt(row, name) === value ? acc + 1 : acc),
    columnar(batch) {
      const { field, data } = columnOf(batch, name, 'countWhere', value === null ? 'any' : undefined)
      if (field.kind !== 'enum' || value === null) {
        const read = valueReader(field, data)
        return (acc, i) => (read(i) === value ? (acc as number) + 1 : acc)
      }
      const wanted = membersOf(data).indexOf(value as string)
      const codes = data.values as Int8Array
      const isValid = validityOf(data)
      return (acc, i) => (codes[i] === wanted && isValid(i) ? (acc as number) + 1 : acc)
    },
    options: ['countWhere', name, value],
  })
}
