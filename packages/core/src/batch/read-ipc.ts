import { type DataType, type RecordBatch, type Timestamp, TimeUnit, Type, tableFromIPC } from 'apache-arrow'
import { TicketsError } from '../base/errors.ts'
import type { Field, Kind } from './field.ts'

function kindOf(name: string, type: DataType): Kind {
  const { bitWidth } = type as { bitWidth?: number }
  switch (type.typeId as Type) {
    case Type.Utf8:
      return 'string'
    case Type.Float:
      return 'number'
    case Type.Int:
      if (bitWidth === 64 || bitWidth === 32) return bitWidth === 64 ? 'integer' : 'int32'
      break
    case Type.Bool:
      return 'boolean'
    case Type.Timestamp:
      if ((type as Timestamp).unit === TimeUnit.MILLISECOND) return 'instant'
      break
  }
  throw new TicketsError('SCHEMA_MISMATCH', `column "${name}" is ${type}, which no sink of ours writes: read this file with another tool`)
}

/**
 * Reads the columns and rows of an Arrow IPC stream or file. Enums are strings, and columns that may be null are `optional`.
 *
 * @throws `SCHEMA_MISMATCH`, naming the column, for a type that no sink writes; an `Error` of Arrow for bytes that are not Arrow.
 */
export function readIpc(bytes: Uint8Array): { fields: Field[]; metadata: ReadonlyMap<string, string>; batches: RecordBatch[] } {
  const { schema, batches } = tableFromIPC(bytes)
  const fields = schema.fields.map(({ name, type, nullable }) => ({
    name,
    kind: kindOf(name, type),
    values: [],
    optional: nullable,
    nullable: false,
  }))
  return { fields, metadata: schema.metadata, batches: batches.filter(({ numRows }) => numRows > 0) }
}
