import type { Batch } from '@tickets/core'
import { toRecordBatch } from '@tickets/core/arrow'
import { columnAt as valuesAt } from '@tickets/core/internal'

/** The memory of one column, as Arrow lays it out. */
export type ColumnData = ReturnType<typeof toRecordBatch>['data']['children'][number]

/** Returns the data of column `i` of a batch. */
export function columnAt(batch: Batch<unknown>, i: number | readonly number[]): ColumnData {
  return typeof i === 'number' ? (toRecordBatch(batch).data.children[i] as ColumnData) : valuesAt(batch, i)
}

/** Returns a function that tells whether a row has a value. */
export function validAt(data: ColumnData): (row: number) => boolean {
  if (data.nullCount <= 0) return () => true
  const { nullBitmap, offset } = data
  return (row) => ((nullBitmap[(offset + row) >> 3] as number) & (1 << ((offset + row) & 7))) !== 0
}

/** Returns a function that reads a column of integers or instants (two 32-bit halves each, without BigInt), of int32 or of doubles. */
export function numberAt(data: ColumnData): (row: number) => number {
  if (!(data.values instanceof BigInt64Array)) {
    const values = data.values as Float64Array | Int32Array
    return (row) => values[row] as number
  }
  const { buffer, byteOffset, length } = data.values
  const halves = new Int32Array(buffer, byteOffset, length * 2)
  return (row) => (halves[row * 2 + 1] as number) * 2 ** 32 + ((halves[row * 2] as number) >>> 0)
}

/** Returns a function that reads a boolean column. */
export function bitAt(data: ColumnData): (row: number) => boolean {
  const { offset } = data
  const bits = data.values as Uint8Array
  return (row) => ((bits[(offset + row) >> 3] as number) & (1 << ((offset + row) & 7))) !== 0
}
