import type { Change, Connection, Move, NewTable, Value } from '../../sql/connection/dialect.ts'
import { definition, list, quote } from './columns.ts'
import { isDuplicate } from './errors.ts'

/** Returns CREATE TABLE IF NOT EXISTS. */
export function createTable({ name, identity, columns, primaryKey = [], unique = [], foreign = [] }: NewTable): string {
  const parts = [
    ...(identity === undefined ? [] : [`${quote(identity)} BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY`]),
    ...columns.map(definition),
    ...(primaryKey.length > 0 ? [`PRIMARY KEY (${list(primaryKey)})`] : []),
    ...unique.map((names) => `UNIQUE KEY (${list(names)})`),
    ...foreign.map(({ column, table, key }) => `FOREIGN KEY (${quote(column)}) REFERENCES ${quote(table)} (${quote(key)})`),
  ]
  return `CREATE TABLE IF NOT EXISTS ${quote(name)} (${parts.join(', ')}) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`
}

/** Ends an INSERT with what happens to a row that is there. Columns are assigned from left to right: a later change sees what an earlier one has set. */
export function onConflict(table: string, key: readonly string[], changes: readonly Change[]): string {
  const own = (name: string) => `${quote(table)}.${quote(name)}`
  const first = own(key[0] ?? '')
  const sets = changes.map(({ name, value }) => `${own(name)} = ${value(`VALUES(${quote(name)})`, own(name))}`)
  return `ON DUPLICATE KEY UPDATE ${sets.length > 0 ? sets.join(', ') : `${first} = ${first}`}`
}

/**
 * Moves staged rows. By key and then in their order: tasks that touch the same rows do so in one order, and of two rows of one key the last counts;
 * where rows have a revision, the highest one does, in whatever order they come.
 */
export function move({ into, columns, from, key, newest }: Move): string {
  const names = columns.map(({ name }) => name)
  const keys = key.map((name) => columns.find((column) => column.name === name)?.value ?? '')
  const insert = `INSERT INTO ${quote(into)} (${list(names)}) SELECT ${columns.map(({ value }) => value).join(', ')} FROM ${from} AS s WHERE s._tickets_range = ? ORDER BY ${[...keys, 's._tickets_row'].join(', ')}`
  if (key.length === 0) return insert
  const rest = names.filter((name) => !key.includes(name) && name !== newest)
  if (newest === undefined)
    return `${insert} ${onConflict(
      into,
      key,
      rest.map((name) => ({ name, value: (incoming) => incoming })),
    )}`
  const isNewer = `VALUES(${quote(newest)}) >= ${quote(into)}.${quote(newest)}`
  const changes = rest.map((name): Change => ({ name, value: (incoming, existing) => `IF(${isNewer}, ${incoming}, ${existing})` }))
  // The others are compared with the old one, so it goes last.
  const last: Change = { name: newest, value: (incoming, existing) => `GREATEST(${incoming}, ${existing})` }
  return `${insert} ${onConflict(into, key, [...changes, last])}`
}

/** Inserts a row, or returns null where a unique index has it: that error undoes the statement alone. */
export async function insertNew(connection: Connection, table: string, row: Readonly<Record<string, Value>>): Promise<number | null> {
  const names = Object.keys(row)
  try {
    const sql = `INSERT INTO ${quote(table)} (${list(names)}) VALUES (${names.map(() => '?').join(', ')})`
    return (await connection.execute(sql, Object.values(row))).insertId
  } catch (error) {
    if (isDuplicate(error)) return null
    throw error
  }
}

/** Runs `work` and takes it back. */
export async function trial(connection: Connection, work: () => Promise<void>): Promise<void> {
  await connection.query('SAVEPOINT tickets_trial')
  // Rows that foreign keys refer to may come later, from another flow.
  await connection.query('SET SESSION foreign_key_checks = 0')
  try {
    await work()
    await connection.query('ROLLBACK TO SAVEPOINT tickets_trial')
  } finally {
    await connection.query('SET SESSION foreign_key_checks = 1')
  }
}

/** Takes a lock. Locks are the whole server's, and have names of at most 64 characters. */
export async function lock(connection: Connection, name: string, seconds: number): Promise<(() => Promise<void>) | null> {
  const named = `CONCAT('tickets_${name}_', MD5(DATABASE()))`
  const { rows } = await connection.query(`SELECT GET_LOCK(${named}, ${seconds}) AS held`)
  if (Number(rows[0]?.held) !== 1) return null
  return async () => {
    // A connection that is gone has released it.
    await connection.query(`SELECT RELEASE_LOCK(${named}) AS released`).catch(() => {})
  }
}
