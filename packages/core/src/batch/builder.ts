import type { Data } from 'apache-arrow'
import { type ColumnStore, columnStore } from '../store/column-store.ts'
import type { Field } from '../store/field.ts'
import { refuseValue } from '../store/refuse-value.ts'
import { dataOf } from './data.ts'

/** Collects the values of one column in typed arrays, which double when full and are used again for the next batch. */
export interface ColumnBuilder extends ColumnStore {
  readonly length: number
  /** Adds one value; `undefined` is an absent optional, null a null. Throws `BATCH_VALUE` when the column cannot hold it. */
  add(value: unknown): void
  /** Writes row `row`, for which there must be room. The caller keeps the length. Throws `BATCH_VALUE` when the column cannot hold it. */
  set(row: number, value: unknown): true
  /** Returns the values as Arrow data, and starts again empty. `rows` is the number of added values by default. */
  finish(rows?: number): Data
}

/** Returns a builder for one column. */
export function columnBuilder(field: Field): ColumnBuilder {
  const column = columnStore(field)
  let length = 0
  const builder: ColumnBuilder = {
    ...column,
    get length() {
      return length
    },
    add(value) {
      builder.reserve(length + 1)
      builder.set(length, value)
      length++
    },
    set(row, value) {
      if (!column.set(row, value)) refuseValue(field, value)
      return true
    },
    finish(rows = length) {
      length = 0
      return dataOf(field, rows, column.cut(rows))
    },
  }
  return builder
}
