import { type Data, makeData } from 'apache-arrow'
import { TicketsError } from '../base/errors.ts'
import { arrowType, dictionaryOf } from './arrow-types.ts'
import { type ColumnCut, type ColumnStore, columnStore } from './column-store.ts'
import type { Field, Kind } from './field.ts'

/** Collects the values of one column in typed arrays, which double when full and are used again for the next batch. */
export interface ColumnBuilder extends ColumnStore {
  readonly length: number
  /** Adds one value; `undefined` is an absent optional, null a null. Throws `BATCH_VALUE` when the column cannot hold it. */
  add(value: unknown): void
  /** Writes row `row`, for which there must be room. The caller keeps the length. */
  set(row: number, value: unknown): void
  /** Returns the values as Arrow data, and starts again empty. `rows` is the number of added values by default. */
  finish(rows?: number): Data
}

const wants: Record<Kind, string> = {
  string: 'a string of whole Unicode characters',
  enum: 'one of its members',
  number: 'a number',
  integer: 'an integer within ±(2^53 − 1)',
  int32: 'an integer within 32 bits',
  boolean: 'true or false',
  instant: 'a valid Date',
}

function refuse(field: Field, value: unknown): never {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value)
  throw new TicketsError(
    'BATCH_VALUE',
    `column "${field.name}" wants ${wants[field.kind]}${field.kind === 'enum' ? ` (${field.values.join(', ')})` : ''}, got ${shown}`,
  )
}

/** Returns the buffers of a column as Arrow data. */
export function dataOf(field: Field, length: number, { values: data, offsets: valueOffsets, bits: nullBitmap, nulls: nullCount }: ColumnCut): Data {
  const dictionary = field.kind === 'enum' ? dictionaryOf(field).values : undefined
  return makeData({ type: arrowType(field), length, nullCount, nullBitmap, data, valueOffsets, dictionary } as never)
}

/** Returns a builder for one column. */
export function columnBuilder(field: Field): ColumnBuilder {
  const column = columnStore(field)
  const { store, valid } = column
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
      if (valid) {
        if ((value === undefined && field.optional) || (value === null && field.nullable)) return builder.miss(row)
        valid.put(row, true)
      }
      if (!store.set(row, value)) refuse(field, value)
    },
    finish(rows = length) {
      length = 0
      return dataOf(field, rows, column.cut(rows))
    },
  }
  return builder
}
