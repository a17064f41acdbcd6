import type { Agg } from '../../../aggregate/aggregate.ts'
import { isBuiltIn } from '../../../aggregate/built-in.ts'
import { fieldOf } from '../../../aggregate/column.ts'
import type { Batch, Schema } from '../../../batch/batch.ts'
import { BoxedColumn } from './boxed-column.ts'
import { CountColumn } from './count-column.ts'
import { ExtremeColumn, isHeldAsNumber } from './extreme-column.ts'
import type { AddToPlaces, HeldColumn } from './held-column.ts'
import { OrderColumn } from './order-column.ts'
import { SumColumn } from './sum-column.ts'

/** Returns the column that holds the accumulators of an aggregate over rows of a schema: typed where it is one of ours with such a form, else of objects. */
export function heldColumn(name: string, agg: Agg<unknown, unknown>, schema: Schema<unknown>): HeldColumn {
  // A copy of one of ours may have another `add` or `result`.
  const [kind, column = ''] = isBuiltIn(agg) ? ([agg.options].flat() as string[]) : []
  switch (kind) {
    case 'count':
    case 'countWhere':
      return new CountColumn(agg.columnar as NonNullable<typeof agg.columnar>)
    case 'sum':
    case 'mean':
      return new SumColumn(kind, column)
    case 'min':
    case 'max': {
      const of = fieldOf(schema, column, kind).kind
      return isHeldAsNumber(of) ? new ExtremeColumn(kind, column, of) : new BoxedColumn(name, agg)
    }
    case 'first':
    case 'last':
      return new OrderColumn(kind, column, fieldOf(schema, column, kind).kind)
    default:
      return new BoxedColumn(name, agg)
  }
}

/** Returns what adds rows of a batch to the accumulators of all columns. */
export function adderOf(columns: readonly HeldColumn[], batch: Batch<unknown>): AddToPlaces {
  const adders = columns.map((column) => column.adder(batch))
  return (rows, places, count) => {
    for (const add of adders) add(rows, places, count)
  }
}
