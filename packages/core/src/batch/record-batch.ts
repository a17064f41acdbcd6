import { type Data, makeData, type RecordBatch } from 'apache-arrow'
import { TicketsError } from '../base/errors.ts'
import { arrowSchema, dictionaryOf } from './arrow-types.ts'
import { type Batch, internals, type Schema } from './batch.ts'
import { isValid, membersOf, valueReader } from './columns.ts'
import type { Field } from './field.ts'

/** Returns the Arrow record batch inside a batch. Enums are dictionaries. It is not a copy: do not write to it. */
export function toRecordBatch(batch: Batch<unknown>): RecordBatch {
  return internals.arrow(batch)
}

/** One column of a batch: `read` returns the value of a row, undefined where an optional one is absent. */
export interface ColumnReader {
  readonly field: Field
  readonly read: (i: number) => unknown
}

/** Returns a reader for each column of a batch, in schema order. */
export function columnReaders(batch: Batch<unknown>): readonly ColumnReader[] {
  const { children } = toRecordBatch(batch).data
  return batch.schema.fields.flatMap((field, i) => {
    const data = children[i]
    return data ? [{ field, read: valueReader(field, data) }] : []
  })
}

/**
 * Returns a batch over an Arrow record batch whose columns have the names, order and types of `arrowSchema(schema)`.
 *
 * @throws `SCHEMA_MISMATCH`, naming the column.
 */
export function fromRecordBatch<T>(schema: Schema<T>, arrow: RecordBatch): Batch<T> {
  arrowSchema(schema).fields.forEach((field, i) => {
    const got = arrow.schema.fields[i]
    if (got?.name !== field.name || String(got.type) !== String(field.type)) {
      throw new TicketsError(
        'SCHEMA_MISMATCH',
        `column ${i} of ${schema.name} is "${field.name}" ${field.type}, the record batch has ${got ? `"${got.name}" ${got.type}` : 'none'}`,
      )
    }
  })
  const columns = arrow.data.children.map((data, i) => inOrder(schema.fields[i] as Field, data as Data))
  return internals.make(schema, columns, arrow.numRows)
}

/** Returns the codes of an enum in the order of its members. Batches can be joined only if their codes mean the same. */
function inOrder(field: Field, data: Data): Data {
  if (field.kind !== 'enum') return data
  const members = membersOf(data)
  if (members.length === field.values.length && members.every((member, i) => member === field.values[i])) return data
  const codes = members.map((member) => field.values.indexOf(member))
  const given = data.values as Int8Array
  const { type, values: dictionary } = dictionaryOf(field)
  const out = new type.indices.ArrayType(data.length)
  const nullBitmap = new Uint8Array((data.length + 7) >> 3)
  for (let i = 0; i < data.length; i++) {
    if (!isValid(data, i)) continue
    const code = codes[given[i] as number] as number
    if (code < 0)
      throw new TicketsError(
        'SCHEMA_MISMATCH',
        `column "${field.name}" has ${JSON.stringify(members[given[i] as number])}, which is none of ${field.values.join(', ')}`,
      )
    out[i] = code
    nullBitmap[i >> 3] = (nullBitmap[i >> 3] as number) | (1 << (i & 7))
  }
  const { nullCount } = data
  return makeData({ type, length: data.length, nullCount, nullBitmap: nullCount > 0 ? nullBitmap : null, data: out, dictionary } as never)
}
