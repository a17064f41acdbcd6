import { type Field, TicketsError } from '@tickets/core'
import type { Column, Dialect, ExistingColumn, ExistingTable } from '../connection/dialect.ts'

/**
 * Checks that an existing table can take the rows. Returns its columns for the fields, in the schema's order.
 *
 * @param wanted the columns that the sink would have made
 * @throws `TARGET_UNUSABLE` with the ALTER TABLE that helps
 */
export function checkTableFor(
  dialect: Dialect,
  table: string,
  target: string,
  existing: ExistingTable,
  fields: readonly Field[],
  wanted: readonly Column[],
  key: readonly string[],
): readonly ExistingColumn[] {
  const refuse = (what: string) => new TicketsError('TARGET_UNUSABLE', `${target} cannot take the rows: ${what}`)
  const alter = (how: string) => `ALTER TABLE ${dialect.quote(table)} ${how}`
  if (existing.unusable !== null) throw refuse(existing.unusable)
  const used = fields.map((field, i) => {
    const column = existing.columns.find(({ name }) => dialect.isSameName(name, field.name))
    const mine = wanted[i] as Column
    if (!column) throw refuse(`it has no column "${field.name}": ${alter(`ADD COLUMN ${dialect.definition(mine)}`)}`)
    if (column.computed) throw refuse(`its column "${field.name}" is computed: take it out of the rows, or make it a plain column`)
    const isKey = key.includes(field.name)
    if (!dialect.holds(column.type, field))
      throw refuse(`its column "${field.name}" is ${column.type}, which does not hold every ${field.kind}: ${alter(dialect.alter(mine, column))}`)
    if (mine.nullable && !column.nullable)
      throw refuse(`its column "${field.name}" cannot be NULL, and rows may have no value there: ${alter(dialect.alter(mine, column))}`)
    if (isKey && column.collation !== null && column.collation !== mine.collation)
      throw refuse(
        `its key "${field.name}" has the collation ${column.collation}, by which texts that differ in case or trailing spaces can be one row: ${alter(dialect.alter(mine, column))}`,
      )
    return column
  })
  const left = existing.columns.find((column) => !column.filled && !used.includes(column))
  if (left)
    throw refuse(
      `its column "${left.name}" wants a value and the rows have none: ${alter(`ALTER ${dialect.quote(left.name)} SET DEFAULT …`)}, or drop it`,
    )
  checkIndexes(dialect, existing, used, key, refuse, alter)
  return used
}

/** Checks that only the key identifies a row: another unique index would silently merge rows of different keys. */
function checkIndexes(
  dialect: Dialect,
  { unique, partlyUnique }: ExistingTable,
  used: readonly Column[],
  key: readonly string[],
  refuse: (what: string) => TicketsError,
  alter: (how: string) => string,
): void {
  const has = (columns: readonly string[], name: string) => columns.some((column) => dialect.isSameName(column, name))
  const isKey = (columns: readonly string[]) => columns.length === key.length && key.every((name) => has(columns, name))
  if (key.length > 0 && !unique.some(isKey))
    throw refuse(
      `it has no unique index on the key (${key.join(', ')}): ${alter(`ADD UNIQUE (${key.map(dialect.quote).join(', ')})`)}, or set \`key\``,
    )
  for (const columns of [...unique, ...partlyUnique]) {
    const isOurs = columns.some((column) => used.some(({ name }) => dialect.isSameName(name, column)))
    const isHarmless = !isOurs || (key.length > 0 && key.every((name) => has(columns, name)))
    if (isHarmless) continue
    const what = key.length > 0 ? `another one than the key (${key.join(', ')})` : 'and the sink has no key'
    throw refuse(`it has a unique index on (${columns.join(', ')}), ${what}, so rows could be lost: drop that index, or set \`key\` to its columns`)
  }
}
