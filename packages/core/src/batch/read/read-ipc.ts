import { type Field as ArrowField, type DataType, type Decimal, type RecordBatch, type Timestamp, TimeUnit, Type, tableFromIPC } from 'apache-arrow'
import { TicketsError } from '../../base/errors.ts'
import type { Field, Kind } from '../../store/field.ts'

/** Arrow's unit of DATE32. */
const DAY = 0

function kindOf(name: string, type: DataType): Kind {
  const { bitWidth, unit } = type as { bitWidth?: number; unit?: number }
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
    case Type.Date:
      if (unit === DAY) return 'date'
      break
    case Type.Decimal:
      if (bitWidth === 128) return 'decimal'
      break
    case Type.Binary:
      return 'bytes'
    case Type.Struct:
      return 'struct'
    case Type.List:
      return 'list'
    case Type.Map:
      return 'map'
  }
  throw new TicketsError('SCHEMA_MISMATCH', `column "${name}" is ${type}, which no sink of ours writes: read this file with another tool`)
}

function fieldOf({ name, type, nullable }: ArrowField): Field {
  const kind = kindOf(name, type)
  const field = { name, kind, values: [], optional: nullable, nullable: false }
  if (kind === 'decimal') return { ...field, precision: (type as Decimal).precision, scale: (type as Decimal).scale }
  if (kind === 'struct') return { ...field, children: type.children.map(fieldOf) }
  // An element cannot be absent, only null.
  const element = (inside: ArrowField | undefined) => {
    const { optional, ...rest } = fieldOf(inside as ArrowField)
    return [{ ...rest, optional: false, nullable: optional }]
  }
  if (kind === 'list') return { ...field, children: element(type.children[0]) }
  return kind === 'map' ? { ...field, children: element((type.children[0] as ArrowField).type.children[1]) } : field
}

/**
 * Reads the columns and rows of an Arrow IPC stream or file. Enums are strings, and columns that may be null are `optional`.
 *
 * @throws `SCHEMA_MISMATCH`, naming the column, for a type that no sink writes; an `Error` of Arrow for bytes that are not Arrow.
 */
export function readIpc(bytes: Uint8Array): { fields: Field[]; metadata: ReadonlyMap<string, string>; batches: RecordBatch[] } {
  const { schema, batches } = tableFromIPC(bytes)
  const fields = schema.fields.map(fieldOf)
  return { fields, metadata: schema.metadata, batches: batches.filter(({ numRows }) => numRows > 0) }
}
