import type { Field, Kind } from '@tickets/core'
import type { Column } from '../../sql/connection/dialect.ts'

/** Longer names are cut by the server without a word, and two could become one. */
const NAME_BYTES = 63
/** Most columns of an index. */
const INDEX_COLUMNS = 32

/** Returns a checked name as SQL: in double quotes, with those inside doubled. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Returns names as SQL, each quoted, separated by commas. */
export const list = (names: readonly string[]): string => names.map(quote).join(', ')

/** Says what keeps a text from being a name; null when it can be one. */
export function whyNoName(name: string): string | null {
  const bytes = Buffer.byteLength(name)
  if (bytes > NAME_BYTES) return `it has ${bytes} bytes, and names have at most ${NAME_BYTES}`
  // Control characters are allowed by the server, but for one, and useful to nobody.
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return 'it has a control character'
  return null
}

const types: Readonly<Record<Exclude<Kind, 'decimal'>, string>> = {
  string: 'text',
  enum: 'text',
  number: 'double precision',
  integer: 'bigint',
  int32: 'integer',
  boolean: 'boolean',
  instant: 'timestamp with time zone',
  date: 'date',
  bytes: 'bytea',
  json: 'jsonb',
  struct: 'jsonb',
  list: 'jsonb',
  map: 'jsonb',
}

/** Returns the column for a field (docs/internals/protocol.md#8). An enum is a text, so that one more value needs no migration. */
export function columnOf(field: Field, isKey: boolean, collation: string): Column {
  const { name, kind, optional, nullable } = field
  const isByBytes = kind === 'enum' || (kind === 'string' && isKey)
  const type = kind === 'decimal' ? `numeric(${field.precision},${field.scale})` : types[kind]
  return { name, type, collation: isByBytes ? collation : null, nullable: optional || nullable }
}

const typed = ({ type, collation }: Pick<Column, 'type' | 'collation'>) => `${type}${collation === null ? '' : ` COLLATE ${quote(collation)}`}`

/** Returns a column as CREATE TABLE takes it. */
export const definition = (column: Column): string => `${quote(column.name)} ${typed(column)} ${column.nullable ? 'NULL' : 'NOT NULL'}`

/** Returns the end of an ALTER TABLE that makes a column of a table what the sink would have made. */
export function alter(column: Column, existing: Column): string {
  const name = quote(column.name)
  if (column.nullable && !existing.nullable) return `ALTER COLUMN ${name} DROP NOT NULL`
  return `ALTER COLUMN ${name} TYPE ${typed(column)} USING ${name}::${column.type}`
}

const texts = /^(text|character varying(\(\d+\))?|uuid)$/
const json = /^jsonb?$/

/** Which types of column hold every value of a kind, or refuse it aloud when it is staged. */
const takes: Readonly<Record<Kind, RegExp>> = {
  string: texts,
  enum: texts,
  number: /^double precision$/,
  integer: /^(bigint|double precision|numeric)$/,
  int32: /^(integer|bigint|double precision|numeric)$/,
  boolean: /^boolean$/,
  instant: /^timestamp(\([3-6]\))? with(out)? time zone$/,
  date: /^date$/,
  decimal: /^numeric(\(\d+,\d+\))?$/,
  json,
  bytes: /^bytea$/,
  struct: json,
  list: json,
  map: json,
}

/** Returns whether a column holds every value of a field, or refuses it aloud. One with fewer digits behind the point would round. */
export function holds(type: string, { kind, scale = 0 }: Field): boolean {
  if (!takes[kind].test(type)) return false
  return kind !== 'decimal' || type === 'numeric' || Number(/,(\d+)\)/.exec(type)?.[1]) >= scale
}

/** Says why columns are too many for an index; null if they are not. How long their texts are is checked by row. */
export function whyNoKey(columns: readonly Column[]): string | null {
  return columns.length > INDEX_COLUMNS ? `has ${columns.length} columns, and an index has at most ${INDEX_COLUMNS}` : null
}
