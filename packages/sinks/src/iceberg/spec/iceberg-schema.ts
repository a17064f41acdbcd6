import { type Field, type Schema, TicketsError } from '@tickets/core'
import type { FileField } from '../../parquet-file/schema.ts'
import type { IcebergField, IcebergSchema, IcebergType, ListType, MapType, StructType } from './metadata.ts'

const isMandatory = ({ optional, nullable }: Field) => !optional && !nullable

/** Returns the type of a column, with ids that `next` gives: first to all members of a level, then to those inside of each. */
function typeOf(field: Field, next: () => number): IcebergType {
  const { kind, precision = 38, scale = 0, children = [] } = field
  const [inner] = children as readonly [Field]
  switch (kind) {
    case 'number':
      return 'double'
    case 'integer':
      return 'long'
    case 'int32':
      return 'int'
    case 'boolean':
    case 'date':
      return kind
    case 'instant':
      return 'timestamptz'
    case 'decimal':
      return `decimal(${precision}, ${scale})`
    case 'bytes':
      return 'binary'
    case 'struct':
      return { type: 'struct', fields: fieldsOf(children, next) }
    case 'list': {
      const id = next()
      return { type: 'list', 'element-id': id, element: typeOf(inner, next), 'element-required': false }
    }
    case 'map': {
      const [key, value] = [next(), next()]
      return { type: 'map', 'key-id': key, key: 'string', 'value-id': value, value: typeOf(inner, next), 'value-required': false }
    }
    default:
      return 'string'
  }
}

/** Returns columns that may be null, so that a later version of a schema may leave one out. */
function fieldsOf(fields: readonly Field[], next: () => number): IcebergField[] {
  const ids = fields.map(() => next())
  return fields.map((field, i) => ({ id: ids[i] as number, name: field.name, required: false, type: typeOf(field, next) }))
}

/** Gives ids above `last`, one after the other. */
export class Ids {
  last: number
  constructor(last: number) {
    this.last = last
  }
  readonly next = (): number => ++this.last
}

/** Returns the schema of a new table for rows of a schema. */
export const newSchema = (schema: Schema<unknown>): IcebergSchema => ({
  type: 'struct',
  'schema-id': 0,
  fields: fieldsOf(schema.fields, new Ids(0).next),
})

const decimalOf = (type: string) => /^decimal\((\d+), ?(\d+)\)$/.exec(type)?.slice(1).map(Number)

/** Returns the plain type that holds values of both, where one of them may be widened to it; null where none may. */
function widened(table: string, rows: string): string | null {
  if (table === rows) return table
  for (const [narrow, wide] of [
    ['int', 'long'],
    ['float', 'double'],
  ] as const) {
    if ((table === narrow && rows === wide) || (table === wide && rows === narrow)) return wide
  }
  const [a, b] = [decimalOf(table), decimalOf(rows)]
  if (!a || !b || a[1] !== b[1]) return null
  return `decimal(${Math.max(a[0] as number, b[0] as number)}, ${a[1]})`
}

/** Returns a type as people write it. */
export function typeText(type: IcebergType): string {
  if (typeof type === 'string') return type
  if (type.type === 'list') return `list<${typeText(type.element)}>`
  if (type.type === 'map') return `map<${typeText(type.key)}, ${typeText(type.value)}>`
  return `struct<${type.fields.map(({ name, type: inner }) => `${name}: ${typeText(inner)}`).join(', ')}>`
}

/** What becomes of a type that takes rows of another one. */
class Merge {
  readonly #place: string
  readonly #ids: Ids
  isChanged = false

  constructor(place: string, ids: Ids) {
    this.#place = place
    this.#ids = ids
  }

  refuse(why: string): never {
    throw new TicketsError('SCHEMA_MISMATCH', `${this.#place} is an Iceberg table ${why}`)
  }

  fields(table: readonly IcebergField[], rows: readonly Field[], path: string): readonly IcebergField[] {
    const merged = table.map((column) => {
      const named = `${path}${column.name}`
      const field = rows.find(({ name }) => name === column.name)
      if (!field && column.required) this.refuse(`with a column "${named}" that may not be null, and the rows have none: add it with mapRows`)
      if (!field) return column
      if (column.required && !isMandatory(field))
        this.refuse(`whose column "${named}" may not be null, and the rows may have none: fill it with mapRows`)
      return { ...column, type: this.type(column.type, field, named) }
    })
    const added = rows.filter(({ name }) => !table.some((column) => column.name === name))
    for (const { name } of added) {
      const near = table.find((column) => column.name.toLowerCase() === name.toLowerCase())
      if (near) this.refuse(`whose column "${path}${near.name}" differs from "${path}${name}" in case alone: rename one with mapRows`)
    }
    if (added.length > 0) this.isChanged = true
    return [...merged, ...fieldsOf(added, this.#ids.next)]
  }

  type(table: IcebergType, field: Field, path: string): IcebergType {
    const [inner] = (field.children ?? []) as readonly [Field]
    if (typeof table !== 'string') {
      if (table.type === 'struct' && field.kind === 'struct') return { ...table, fields: this.fields(table.fields, field.children ?? [], `${path}.`) }
      if (table.type === 'list' && field.kind === 'list') return this.#list(table, inner, path)
      if (table.type === 'map' && field.kind === 'map' && table.key === 'string') return this.#map(table, inner, path)
    }
    const rows = typeOf(field, () => 0)
    const wide = typeof table === 'string' && typeof rows === 'string' ? widened(table, rows) : null
    if (wide === null)
      this.refuse(`whose column "${path}" is ${typeText(table)}, and the rows have ${typeText(rows)}: change it with mapRows, or write elsewhere`)
    if (wide !== table) this.isChanged = true
    return wide
  }

  #list(table: ListType, inner: Field, path: string): IcebergType {
    if (table['element-required'] && !isMandatory(inner)) this.refuse(`whose lists "${path}" may have no null, and those of the rows may`)
    return { ...table, element: this.type(table.element, inner, `${path}.element`) }
  }

  #map(table: MapType, inner: Field, path: string): IcebergType {
    if (table['value-required'] && !isMandatory(inner)) this.refuse(`whose maps "${path}" may have no null, and those of the rows may`)
    return { ...table, value: this.type(table.value, inner, `${path}.value`) }
  }
}

/** Columns of a table that take rows, and the highest id that was given. */
export interface MergedSchema {
  readonly fields: readonly IcebergField[]
  readonly lastColumnId: number
}

/**
 * Returns the columns of a table that takes rows of another schema too: new ones with new ids at the end, and numbers widened as Iceberg allows it.
 * Returns null where the table takes them as it is.
 *
 * @throws `SCHEMA_MISMATCH` for a column of another type, and one that the table must have
 */
export function mergedSchema(table: IcebergSchema, lastColumnId: number, rows: Schema<unknown>, place: string): MergedSchema | null {
  const ids = new Ids(lastColumnId)
  const merge = new Merge(place, ids)
  const fields = merge.fields(table.fields, rows.fields, '')
  return merge.isChanged ? { fields, lastColumnId: ids.last } : null
}

/** Returns the columns of a file with the ids that a table has for them, and with instants in microseconds, as Iceberg has them. */
export function fileFields(table: StructType, fields: readonly Field[]): FileField[] {
  return fields.map((field) => {
    const column = table.fields.find(({ name }) => name === field.name)
    if (!column) throw new TicketsError('SCHEMA_MISMATCH', `the Iceberg table has no column "${field.name}"`)
    return { ...typed(column.type, field), id: column.id }
  })
}

function typed(type: IcebergType, field: Field): FileField {
  if (typeof type === 'string') return field.kind === 'instant' ? { ...field, isMicros: true } : field
  const [inner] = (field.children ?? []) as readonly [Field]
  if (type.type === 'struct') return { ...field, children: fileFields(type, field.children ?? []) }
  if (type.type === 'list') return { ...field, children: [{ ...typed(type.element, inner), id: type['element-id'] }] }
  return { ...field, keyId: type['key-id'], children: [{ ...typed(type.value, inner), id: type['value-id'] }] }
}
