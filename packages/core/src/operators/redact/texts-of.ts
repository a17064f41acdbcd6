import type { Data, Vector } from 'apache-arrow'
import { columnBuilder } from '../../batch/builder.ts'
import { validityOf, valueReader } from '../../batch/columns.ts'
import type { Field } from '../../store/field.ts'

/** The values of a column as texts in UTF-8. Row `i` is text `codes[i]` where there are codes, else text `i`. */
export interface Texts {
  /** Text `i` is the bytes from `offsets[i]` to `offsets[i + 1]`. */
  readonly column: Data
  readonly codes: Int8Array | Int16Array | Int32Array | null
  /** The texts that the codes number; they are the same for all batches of a column. */
  readonly members: Vector | null
}

/** Returns the texts of a column: those of an enum by its codes, whole numbers by their digits, and dates as `2026-01-31`. */
export function textsOf(field: Field, data: Data): Texts {
  if (field.kind === 'string') return { column: data, codes: null, members: null }
  const { dictionary } = data
  if (field.kind === 'enum' && dictionary) return { column: dictionary.data[0] as Data, codes: data.values as Int8Array, members: dictionary }
  const read = valueReader(field, data)
  const builder = columnBuilder({ name: field.name, kind: 'string', values: [], optional: false, nullable: false })
  const isValid = validityOf(data)
  for (let i = 0; i < data.length; i++) builder.add(isValid(i) ? String(read(i)) : '')
  return { column: builder.finish(), codes: null, members: null }
}
