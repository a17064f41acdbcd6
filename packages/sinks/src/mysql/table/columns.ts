import type { Field } from '@tickets/core'
import { quote } from './names.ts'

/** A column of a table: its type without a display width, and whether it can be null. */
export interface Column {
  readonly name: string
  /** Such as `bigint`, `varchar(255)`, `datetime(3)`. */
  readonly type: string
  /** For texts. */
  readonly collation: string | null
  readonly nullable: boolean
}

/** Longest text of a key, in characters: three of them fit into an index of 3072 bytes. */
export const KEY_LENGTH = 255

/** Returns the column for a field (docs/internals/protocol.md#8). An enum is a text, so that one more value needs no migration. */
export function columnOf(field: Field, isKey: boolean, collation: string): Column {
  const { name, kind, optional, nullable } = field
  const rest = { name, nullable: optional || nullable }
  switch (kind) {
    case 'string':
      return { ...rest, type: isKey ? `varchar(${KEY_LENGTH})` : 'longtext', collation }
    case 'enum':
      return { ...rest, type: `varchar(${Math.max(KEY_LENGTH, ...field.values.map((value) => [...value].length))})`, collation }
    case 'number':
      return { ...rest, type: 'double', collation: null }
    case 'integer':
      return { ...rest, type: 'bigint', collation: null }
    case 'int32':
      return { ...rest, type: 'int', collation: null }
    case 'boolean':
      return { ...rest, type: 'tinyint', collation: null }
    case 'instant':
      return { ...rest, type: 'datetime(3)', collation: null }
    case 'date':
      return { ...rest, type: 'date', collation: null }
    case 'decimal':
      return { ...rest, type: `decimal(${field.precision},${field.scale})`, collation: null }
    case 'bytes':
      return { ...rest, type: 'longblob', collation: null }
    case 'json':
    case 'struct':
    case 'list':
    case 'map':
      return { ...rest, type: 'json', collation: null }
  }
}

/** Returns a column as CREATE TABLE and ALTER TABLE take it. */
export function definition({ name, type, collation, nullable }: Column): string {
  const charset = collation === null ? '' : ` CHARACTER SET ${collation.split('_')[0]} COLLATE ${collation}`
  return `${quote(name)} ${type === 'tinyint' ? 'tinyint(1)' : type}${charset} ${nullable ? 'NULL' : 'NOT NULL'}`
}

/** The most that a DECIMAL of 38 digits takes. */
const DECIMAL_BYTES = 20

/** Returns how many bytes a column takes in an index. */
export function indexBytes({ type }: Column): number {
  const length = /^varchar\((\d+)\)/.exec(type)?.[1]
  if (length !== undefined) return 4 * Number(length) + 2
  return type.startsWith('decimal') ? DECIMAL_BYTES : 8
}
