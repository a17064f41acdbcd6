import { createHash } from 'node:crypto'
import type { Column, Dialect } from './connection/dialect.ts'
import { PREFIX, RANGE, ROW } from './table/names.ts'

/**
 * Returns name and definition of the table for staged rows. Its name depends on the target table and its columns, so that a release with other
 * columns has another one.
 */
export function rowsTable(dialect: Dialect, table: string, columns: readonly Column[]): { readonly name: string; readonly create: string } {
  const definitions = columns.map(dialect.definition)
  const hash = createHash('sha256')
    .update(JSON.stringify([table, definitions]))
    .digest('hex')
    .slice(0, 16)
  const name = `${PREFIX}rows_${hash}`
  const ours = [
    { name: RANGE, type: 'bigint', collation: null, nullable: false },
    { name: ROW, type: 'int', collation: null, nullable: false },
  ]
  return { name, create: dialect.createTable({ name, columns: [...ours, ...columns], primaryKey: [RANGE, ROW] }) }
}

/** Returns whether `rowsTable` made this name. Names come back from the database and become part of statements. */
export const isRowsTable = (name: string): boolean => new RegExp(`^${PREFIX}rows_[0-9a-f]{16}$`).test(name)
