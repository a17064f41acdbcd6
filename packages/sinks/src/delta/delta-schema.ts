import { type Field, type Schema, TicketsError } from '@tickets/core'
import type { PartitionBy } from '../partition/partition-by.ts'
import { resolvePartitions } from '../partition/resolve.ts'

/** A type of Delta's schemas: the name of a plain one, or an object. */
type DeltaType =
  | string
  | { readonly type: 'struct'; readonly fields: readonly DeltaField[] }
  | { readonly type: 'array'; readonly elementType: DeltaType; readonly containsNull: boolean }
  | { readonly type: 'map'; readonly keyType: DeltaType; readonly valueType: DeltaType; readonly valueContainsNull: boolean }

/** A column of a Delta table. */
export interface DeltaField {
  readonly name: string
  readonly type: DeltaType
  readonly nullable: boolean
  readonly metadata: Readonly<Record<string, unknown>>
}

/** The columns of a table, and those that its folders are named by. */
export interface DeltaSchema {
  readonly fields: readonly DeltaField[]
  readonly partitionColumns: readonly string[]
}

const mayBeNull = ({ optional, nullable }: Field) => optional || nullable

function typeOf(field: Field): DeltaType {
  const { kind, precision = 38, scale = 0, children = [] } = field
  const [inner] = children
  switch (kind) {
    case 'number':
      return 'double'
    case 'integer':
      return 'long'
    case 'int32':
      return 'integer'
    case 'boolean':
    case 'date':
      return kind
    case 'instant':
      return 'timestamp'
    case 'decimal':
      return `decimal(${precision},${scale})`
    case 'bytes':
      return 'binary'
    case 'struct':
      return { type: 'struct', fields: children.map((child) => columnOf(child.name, typeOf(child))) }
    case 'list':
      return { type: 'array', elementType: typeOf(inner as Field), containsNull: true }
    case 'map':
      return { type: 'map', keyType: 'string', valueType: typeOf(inner as Field), valueContainsNull: true }
    default:
      return 'string'
  }
}

/** Columns may always be null, so that a later version of a schema may leave one out. */
const columnOf = (name: string, type: DeltaType): DeltaField => ({ name, type, nullable: true, metadata: {} })

/** Returns the columns that rows of a schema have in a Delta table. Throws `SCHEMA_MISMATCH` for names that a table cannot have. */
export function deltaSchema(schema: Schema<unknown>, partitionBy: PartitionBy): DeltaSchema {
  const { resolved, names } = resolvePartitions(partitionBy, schema)
  const ofRows = schema.fields.map((field) => columnOf(field.name, typeOf(field)))
  const ofFolders = resolved.flatMap(({ at, field, made }) => {
    if (made) return made.as.map((name) => columnOf(name, made.by === 'date' ? 'date' : 'integer'))
    return at < 0 ? [columnOf(field.name, typeOf(field))] : []
  })
  const fields = [...ofRows, ...ofFolders]
  for (const { name } of fields) {
    if (/[ ,;{}()\n\t=]/.test(name))
      throw new TicketsError('SCHEMA_MISMATCH', `a column of a Delta table has none of " ,;{}()\\n\\t=" in its name: rename "${name}" with mapRows`)
  }
  return { fields, partitionColumns: names }
}

/** Returns a type as it is compared: without what does not change how values are read. */
function comparable(type: DeltaType): unknown {
  if (typeof type === 'string') return type
  if (type.type === 'array') return ['array', comparable(type.elementType)]
  if (type.type === 'map') return ['map', comparable(type.keyType), comparable(type.valueType)]
  return ['struct', ...type.fields.map((field) => [field.name, comparable(field.type)])]
}

/**
 * Returns the columns of a table that takes rows of another schema too: those that it has, and new ones at the end. Returns null where it has them all.
 *
 * @throws `SCHEMA_MISMATCH` for a column of another type, one that the table must have, and other partitions
 */
export function mergedFields(table: DeltaSchema, rows: DeltaSchema, place: string, mandatory: readonly Field[]): readonly DeltaField[] | null {
  const refuse = (why: string): never => {
    throw new TicketsError('SCHEMA_MISMATCH', `${place} is a Delta table ${why}`)
  }
  if (table.partitionColumns.join('/') !== rows.partitionColumns.join('/')) {
    const named = (names: readonly string[]) => (names.length === 0 ? 'nothing' : names.join(', '))
    refuse(
      `by ${named(table.partitionColumns)}, and partitionBy gives ${named(rows.partitionColumns)}: set partitionBy to those columns, or write elsewhere`,
    )
  }
  const added: DeltaField[] = []
  for (const field of rows.fields) {
    const there = table.fields.find(({ name }) => name === field.name)
    const near = table.fields.find(({ name }) => name.toLowerCase() === field.name.toLowerCase())
    if (!there && near) refuse(`whose column "${near.name}" differs from "${field.name}" in case alone: rename one with mapRows`)
    if (!there) added.push(field)
    else if (JSON.stringify(comparable(there.type)) !== JSON.stringify(comparable(field.type))) {
      const text = (type: DeltaType) => JSON.stringify(comparable(type))
      refuse(`whose column "${field.name}" is ${text(there.type)}, and the rows have ${text(field.type)}: change it with mapRows, or write elsewhere`)
    } else if (!there.nullable && !mandatory.some(({ name }) => name === field.name))
      refuse(`whose column "${field.name}" may not be null, and the rows may have none: fill it with mapRows`)
  }
  const missing = table.fields.find(({ name, nullable }) => !nullable && !rows.fields.some((field) => field.name === name))
  if (missing) refuse(`with a column "${missing.name}" that may not be null, and the rows have none: add it with mapRows`)
  return added.length > 0 ? [...table.fields, ...added] : null
}

/** Returns the columns whose values are always there. */
export const mandatoryOf = (schema: Schema<unknown>): Field[] => schema.fields.filter((field) => !mayBeNull(field))
