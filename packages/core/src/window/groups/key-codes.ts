import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import { membersOf, validityOf } from '../../batch/columns.ts'
import { codesOf } from '../../batch/text-codes.ts'
import { type Group, groupable } from './keys.ts'

/** The keys of a batch's rows as small numbers: rows have the same code if they have the same key. */
export interface KeyCodes {
  readonly codes: Int8Array | Int16Array | Int32Array
  /** Codes are below it. */
  readonly size: number
  /** Returns the values of the key with this code, in the order of the columns. */
  valuesOf(code: number): readonly Json[]
}

/** One column in codes; where a value is missing the code is `values`. */
interface ColumnCodes {
  readonly codes: KeyCodes['codes']
  readonly values: number
  valueOf(code: number): Json
}

/** Combined keys have at most this many codes. */
const MOST = 1 << 16

/** Returns the codes of the keys that rows have in these columns; null where a column is neither an enum nor a text that repeats. */
export function keyCodesOf(batch: Batch<unknown>, by: readonly string[]): KeyCodes | null {
  const columns: ColumnCodes[] = []
  for (const name of by) {
    const column = columnCodes(name, groupable(batch, name), batch.length)
    if (!column) return null
    columns.push(column)
  }
  const [only] = columns
  if (only && columns.length === 1) return { codes: only.codes, size: only.values + 1, valuesOf: (code) => [only.valueOf(code)] }
  return combined(columns, batch.length)
}

function columnCodes(name: string, { field, data }: Group, length: number): ColumnCodes | null {
  if (field.kind === 'enum') {
    const members = membersOf(data)
    const codes = withMissing(data.values as Int8Array, validityOf(data), data.nullCount > 0 ? length : 0, members.length)
    return { codes, values: members.length, valueOf: (code) => members[code] ?? null }
  }
  const coded = field.kind === 'string' ? codesOf(name, data, length) : null
  if (!coded) return null
  const { texts } = coded
  const { size } = texts
  const codes = withMissing(coded.codes, validityOf(data), data.nullCount > 0 ? length : 0, size)
  return { codes, values: size, valueOf: (code) => (code < size ? texts.textOf(code) : null) }
}

/** Returns the codes with `missing` where the first `length` rows have no value. */
function withMissing(codes: ColumnCodes['codes'], isValid: (i: number) => boolean, length: number, missing: number): ColumnCodes['codes'] {
  if (length === 0) return codes
  const all = new Int32Array(length)
  for (let i = 0; i < length; i++) all[i] = isValid(i) ? (codes[i] as number) : missing
  return all
}

/** Returns the codes of keys of several columns, or of none: the number that the columns' codes are the digits of, the first column's the highest. */
function combined(columns: readonly ColumnCodes[], length: number): KeyCodes | null {
  const size = columns.reduce((product, { values }) => product * (values + 1), 1)
  if (size > MOST) return null
  const codes = new Int32Array(length)
  for (const { codes: digits, values } of columns)
    for (let i = 0; i < length; i++) codes[i] = (codes[i] as number) * (values + 1) + (digits[i] as number)
  const valuesOf = (code: number) => {
    const values: Json[] = []
    let rest = code
    for (const column of columns.toReversed()) {
      values.unshift(column.valueOf(rest % (column.values + 1)))
      rest = Math.floor(rest / (column.values + 1))
    }
    return values
  }
  return { codes, size, valuesOf }
}
