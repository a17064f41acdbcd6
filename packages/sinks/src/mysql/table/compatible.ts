import { type Field, type Kind, TicketsError } from '@tickets/core'
import { type Column, definition } from './columns.ts'
import type { ExistingColumn, ExistingTable } from './introspection.ts'
import { quote } from './names.ts'

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

/** Whether a column holds every value of a field, or refuses it aloud. One with fewer digits behind the point would round. */
function holds(type: string, { kind, scale = 0 }: Field): boolean {
  if (!takes[kind].test(type)) return false
  return kind !== 'decimal' || Number(/,(\d+)\)/.exec(type)?.[1]) >= scale
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/**
 * Checks that an existing table can take the rows. Returns its columns for the fields, in the schema's order.
 *
 * @param wanted the columns that the sink would have made
 * @throws `TARGET_UNUSABLE` with the ALTER TABLE that helps
 */
export function checkTableFor(
  table: string,
  target: string,
  existing: ExistingTable,
  fields: readonly Field[],
  wanted: readonly Column[],
  key: readonly string[],
): readonly ExistingColumn[] {
  const refuse = (what: string) => new TicketsError('TARGET_UNUSABLE', `${target} cannot take the rows: ${what}`)
  const alter = (how: string) => `ALTER TABLE ${quote(table)} ${how}`
  if (existing.isView) throw refuse('it is a view: write to a table, and make the view of it')
  if (!/^innodb$/i.test(existing.engine)) throw refuse(`its engine is ${existing.engine}, which has no transactions: ${alter('ENGINE = InnoDB')}`)
  const used = fields.map((field, i) => {
    const column = existing.columns.find(({ name }) => same(name, field.name))
    const mine = wanted[i] as Column
    if (!column) throw refuse(`it has no column "${field.name}": ${alter(`ADD COLUMN ${definition(mine)}`)}`)
    if (column.computed) throw refuse(`its column "${field.name}" is computed: take it out of the rows, or make it a plain column`)
    const isKey = key.includes(field.name)
    if (!holds(column.type, field))
      throw refuse(`its column "${field.name}" is ${column.type}, which does not hold every ${field.kind}: ${alter(`MODIFY ${definition(mine)}`)}`)
    if (mine.nullable && !column.nullable)
      throw refuse(`its column "${field.name}" cannot be NULL, and rows may have no value there: ${alter(`MODIFY ${definition(mine)}`)}`)
    if (isKey && column.collation !== null && column.collation !== mine.collation)
      throw refuse(
        `its key "${field.name}" has the collation ${column.collation}, by which texts that differ in case or trailing spaces can be one row: ${alter(`MODIFY ${definition(mine)}`)}`,
      )
    return column
  })
  const left = existing.columns.find((column) => !column.filled && !used.includes(column))
  if (left)
    throw refuse(`its column "${left.name}" wants a value and the rows have none: ${alter(`ALTER ${quote(left.name)} SET DEFAULT …`)}, or drop it`)
  checkIndexes(existing, used, key, refuse, alter)
  return used
}

/** Checks that only the key identifies a row: another unique index would silently merge rows of different keys. */
function checkIndexes(
  { unique }: ExistingTable,
  used: readonly Column[],
  key: readonly string[],
  refuse: (what: string) => TicketsError,
  alter: (how: string) => string,
): void {
  const has = (columns: readonly string[], name: string) => columns.some((column) => same(column, name))
  const isKey = (columns: readonly string[]) => columns.length === key.length && key.every((name) => has(columns, name))
  if (key.length > 0 && !unique.some(isKey))
    throw refuse(`it has no unique index on the key (${key.join(', ')}): ${alter(`ADD UNIQUE (${key.map(quote).join(', ')})`)}, or set \`key\``)
  for (const columns of unique) {
    const isOurs = columns.some((column) => used.some(({ name }) => same(name, column)))
    const isHarmless = !isOurs || (key.length > 0 && key.every((name) => has(columns, name)))
    if (isHarmless) continue
    const what = key.length > 0 ? `another one than the key (${key.join(', ')})` : 'and the sink has no key'
    throw refuse(`it has a unique index on (${columns.join(', ')}), ${what}, so rows could be lost: drop that index, or set \`key\` to its columns`)
  }
}
