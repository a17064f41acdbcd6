import type { Field, Kind } from '@tickets/core'
import type { Column } from '../../sql/connection/dialect.ts'

/** Longest text of a key, in characters: three of them fit into an index of 3072 bytes. */
export const KEY_LENGTH = 255

/** Returns a checked name as SQL: in backticks, with those inside doubled. */
export const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** Returns names as SQL, each quoted, separated by commas. */
export const list = (names: readonly string[]): string => names.map(quote).join(', ')

/** Says what keeps a text from being a name; null when it can be one. */
export function whyNoName(name: string): string | null {
  if ([...name].length > 64) return 'it is longer than 64 characters'
  // Control characters are allowed by the servers and useful to nobody.
  if (/[\p{Cc}\p{Cs}\u{10000}-\u{10ffff}]/u.test(name)) return 'it has a control character, an emoji or another one beyond U+FFFF'
  if (/\s$/.test(name)) return 'it ends in a space'
  return null
}

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

const texts = /^(varchar\(\d+\)|char\(\d+\)|(tiny|medium|long)?text|uuid)$/
/** MariaDB's JSON is a LONGTEXT with a check. */
const json = /^(json|longtext)$/
const instants = /^(datetime|timestamp)\([3-6]\)$/

/** Which types of column hold every value of a kind, or refuse it aloud when it is staged. */
const takes: Readonly<Record<Kind, RegExp>> = {
  string: texts,
  enum: new RegExp(`${texts.source}|^enum\\(`),
  number: /^double$/,
  integer: /^(bigint( unsigned)?|double)$/,
  int32: /^(int( unsigned)?|bigint( unsigned)?|double)$/,
  boolean: /^tinyint( unsigned)?$/,
  instant: instants,
  date: /^date$/,
  decimal: /^decimal\(\d+,\d+\)$/,
  json,
  bytes: /^((tiny|medium|long)?blob|varbinary\(\d+\))$/,
  struct: json,
  list: json,
  map: json,
}

/** Returns whether a column holds every value of a field, or refuses it aloud. One with fewer digits behind the point would round. */
export function holds(type: string, { kind, scale = 0 }: Field): boolean {
  if (!takes[kind].test(type)) return false
  return kind !== 'decimal' || Number(/,(\d+)\)/.exec(type)?.[1]) >= scale
}

/** The most that a DECIMAL of 38 digits takes. */
const DECIMAL_BYTES = 20
const INDEX_BYTES = 3072

function indexBytes({ type }: Column): number {
  const length = /^varchar\((\d+)\)/.exec(type)?.[1]
  if (length !== undefined) return 4 * Number(length) + 2
  return type.startsWith('decimal') ? DECIMAL_BYTES : 8
}

/** Says why columns are too long for an index; null if they are not. */
export function whyNoKey(columns: readonly Column[]): string | null {
  const bytes = columns.reduce((sum, column) => sum + indexBytes(column), 0)
  return bytes > INDEX_BYTES ? `takes ${bytes} bytes, and an index has room for ${INDEX_BYTES}` : null
}
