import {
  Schema as ArrowSchema,
  type Data,
  Field,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Struct,
  TimestampMicrosecond,
  TimeUnit,
  Type,
  tableFromIPC,
} from 'apache-arrow'
import { TicketsError } from '../../base/errors.ts'

const PER_MICRO = 1000n

const isNanos = ({ type }: Field): boolean => type.typeId === Type.Timestamp && (type as { unit?: TimeUnit }).unit === TimeUnit.NANOSECOND

const hasNanos = (field: Field): boolean => isNanos(field) || (field.type.children ?? []).some(hasNanos)

/** Returns whether a column of an Arrow IPC stream has instants in nanoseconds, as INT96 of Parquet is read. */
export const hasNanoseconds = (bytes: Uint8Array): boolean => tableFromIPC(bytes).schema.fields.some(hasNanos)

/**
 * Returns an Arrow IPC stream with its instants in microseconds, in UTC, where they were in nanoseconds.
 *
 * An instant that an INT96 can hold and nanoseconds cannot, before 1677 or after 2262, is read as one between two microseconds: 2^64 nanoseconds are no
 * whole number of them. So it is found and never written as another.
 *
 * @throws `SCHEMA_MISMATCH` for an instant between two microseconds, and for one inside of a nested column
 */
export function toMicroseconds(bytes: Uint8Array): Uint8Array {
  const { schema, batches } = tableFromIPC(bytes)
  const type = new TimestampMicrosecond('UTC')
  const fields = schema.fields.map((field) => (isNanos(field) ? new Field(field.name, type, field.nullable, field.metadata) : field))
  const nested = schema.fields.find((field) => !isNanos(field) && hasNanos(field))
  if (nested) throw new TicketsError('SCHEMA_MISMATCH', `column "${nested.name}" has instants in nanoseconds inside of it`)
  const writer = new RecordBatchStreamWriter()
  const made = new ArrowSchema(fields, schema.metadata)
  writer.reset(undefined, made)
  for (const batch of batches) {
    const children = batch.data.children.map((data, i) =>
      isNanos(schema.fields[i] as Field) ? micros(schema.fields[i] as Field, data as Data, type) : data,
    )
    writer.write(new RecordBatch(made, makeData({ type: new Struct(fields), length: batch.numRows, nullCount: 0, children: children as Data[] })))
  }
  return writer.finish().toUint8Array(true)
}

function micros({ name }: Field, data: Data, type: TimestampMicrosecond): Data {
  const values = new BigInt64Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const nanos = data.getValid(i) ? (data.values[i] as bigint) : 0n
    if (nanos % PER_MICRO !== 0n)
      throw new TicketsError('SCHEMA_MISMATCH', `column "${name}" has an instant before 1677, after 2262 or between two microseconds`)
    values[i] = nanos / PER_MICRO
  }
  const { length, nullCount, nullBitmap } = data
  return makeData({ type, length, nullCount, nullBitmap: nullCount > 0 ? nullBitmap : null, data: values } as never)
}
