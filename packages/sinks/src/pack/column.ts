import type { Field } from '@tickets/core'

/** A column as arrays in Arrow's layout, with those inside of it. */
export interface Column {
  readonly rows: number
  /** One bit for each row, set where it has a value; null where all have one. */
  readonly bits: Uint8Array | null
  /** Of texts, bytes, lists and maps: row `i` is the bytes or elements from `offsets[i]` to `offsets[i + 1]`. */
  readonly offsets: Int32Array
  /** Of texts and bytes their bytes; of numbers, times and decimals their values; of booleans one bit for each row. */
  readonly values: Uint8Array
  /** Its texts are known to be valid UTF-8. */
  readonly isUtf8: boolean
  /** Of enums: the number of each row's member. */
  readonly codes: Int8Array | Int16Array | Int32Array
  readonly members: readonly string[]
  /** Of structs the members, of lists the elements, of maps the keys and the values. */
  readonly children: readonly Column[]
}

/** Returns whether row `i` has a value. */
export const hasValue = ({ bits }: Column, i: number): boolean => bits === null || ((bits[i >> 3] as number) & (1 << (i & 7))) !== 0

/** Returns codes of one width as an array. */
export function codesIn(buffer: ArrayBuffer, at: number, rows: number, width: 1 | 2 | 4): Int8Array | Int16Array | Int32Array {
  if (width === 1) return new Int8Array(buffer, at, rows)
  return width === 2 ? new Int16Array(buffer, at, rows) : new Int32Array(buffer, at, rows)
}

/** The columns of one file. */
export interface Table {
  readonly fields: readonly Field[]
  readonly columns: readonly Column[]
  readonly rows: number
}
