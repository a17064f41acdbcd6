import { type Data, type DataType, makeData, type RecordBatch } from 'apache-arrow'
import { TicketsError } from '../base/errors.ts'
import type { Field } from '../store/field.ts'
import { arrowSchema, arrowType, dictionaryOf } from './arrow-types.ts'
import { type Batch, internals, type Schema } from './batch.ts'
import { membersOf, validityOf, valueReader } from './columns.ts'
import { type Column, readColumn, Selection } from './take.ts'

/** Returns the Arrow record batch inside a batch. Enums are dictionaries. It is not a copy: do not write to it. */
export function toRecordBatch(batch: Batch<unknown>): RecordBatch {
  return internals.arrow(batch)
}

/** Returns a column of a batch, and which of its rows belong to the batch where those are not copied yet; null where all do. */
export function columnSource(batch: Batch<unknown>, at: number): { readonly data: Data; readonly rows: Int32Array | null } {
  const source = internals.sources(batch)[at] as Column
  const base = source instanceof Selection ? source.base : null
  return base ? { data: base, rows: (source as Selection).rows } : { data: readColumn(source), rows: null }
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

/** Returns a column whose enums, also inside of it, have the type of ours: codes in the order of the members. Batches can be joined only if their codes mean the same. */
function inOrder(field: Field, data: Data): Data {
  const { children = [] } = field
  if (field.kind === 'map') {
    const entries = data.children[0] as Data
    const [keys, values] = entries.children as [Data, Data]
    const fit = inOrder(children[0] as Field, values)
    return fit === values ? data : nestedIn(field, data, [nestedLike(entries, arrowType(field).children[0]?.type as DataType, [keys, fit])])
  }
  if (children.length > 0) {
    const fit = children.map((child, c) => inOrder(child, data.children[c] as Data))
    return fit.every((child, c) => child === data.children[c]) ? data : nestedIn(field, data, fit)
  }
  if (field.kind !== 'enum') return data
  const members = membersOf(data)
  if (members.length === field.values.length && members.every((member, i) => member === field.values[i])) return data
  const codes = members.map((member) => field.values.indexOf(member))
  const given = data.values as Int8Array
  const { type, values: dictionary } = dictionaryOf(field)
  const out = new type.indices.ArrayType(data.length)
  const nullBitmap = new Uint8Array((data.length + 7) >> 3)
  const isValid = validityOf(data)
  for (let i = 0; i < data.length; i++) {
    if (!isValid(i)) continue
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

const nestedIn = (field: Field, data: Data, children: Data[]): Data => nestedLike(data, arrowType(field), children)

function nestedLike({ length, nullCount, nullBitmap, valueOffsets }: Data, type: DataType, children: Data[]): Data {
  const common = { type, length, nullCount, nullBitmap: nullCount > 0 ? nullBitmap : null }
  return makeData((valueOffsets ? { ...common, valueOffsets, child: children[0] } : { ...common, children }) as never)
}
