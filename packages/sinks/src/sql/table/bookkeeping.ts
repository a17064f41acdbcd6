import type { Column, Connection } from '../connection/dialect.ts'
import { GUARD, OWNER, STAGED } from './names.ts'

/** Makes the tables that hold what the sinks of a database remember. Repeatable. */
export async function makeBookkeeping(connection: Connection): Promise<void> {
  const { dialect, collation } = connection
  const text = (name: string, length = 64): Column => ({ name, type: dialect.textType(length), collation, nullable: false })
  const number = (name: string): Column => ({ name, type: 'bigint', collation: null, nullable: false })
  const task = [text('log_id'), text('flow', 255), text('task', 255), text('table_name')]
  const tables = [
    { name: GUARD, columns: [...task, number('n')], primaryKey: ['table_name', 'log_id', 'flow', 'task'] },
    // The highest n of a table is its owner; the others had it before and never get it back. Of two logs at once one gets the number.
    { name: OWNER, columns: [text('table_name'), number('n'), text('log_id')], primaryKey: ['table_name', 'n'], unique: [['table_name', 'log_id']] },
    {
      name: STAGED,
      identity: 'id',
      columns: [...task, number('n'), text('attempt'), text('rows_in'), number('row_count')],
      unique: [['table_name', 'log_id', 'flow', 'task', 'n', 'attempt']],
    },
  ]
  for (const table of tables) await makeMissing(connection, table.name, dialect.createTable(table))
}

/** Makes a table where it is not there. It is looked for first: CREATE TABLE IF NOT EXISTS wants the right to create even where it makes nothing. */
export async function makeMissing(connection: Connection, table: string, create: string): Promise<void> {
  if (!(await connection.dialect.hasTable(connection, table))) await connection.query(create)
}

/** Returns the result of `read`, or `absent` if the table does not exist. An error would end a transaction in some databases, so it is looked for first. */
export async function ifThere<R>(connection: Connection, table: string, read: () => Promise<R>, absent: R): Promise<R> {
  return (await connection.dialect.hasTable(connection, table)) ? read() : absent
}

/**
 * Returns, for each task, the record that a log must have reached, from the guards and staged ranges of a table. A range is staged only after the
 * one before it is committed.
 */
export async function reachedIn(connection: Connection, table: string, log: string, flow: string): Promise<Readonly<Record<string, number>>> {
  const where = 'WHERE table_name = ? AND log_id = ? AND flow = ? GROUP BY task'
  const reached = new Map<string, number>()
  for (const [from, last] of [
    [GUARD, 'MAX(n)'],
    [STAGED, 'MAX(n) - 1'],
  ] as const) {
    const sql = `SELECT task, ${last} AS n FROM ${from} ${where}`
    const found = await ifThere(connection, from, () => connection.execute(sql, [table, log, flow]), null)
    for (const { task, n } of found?.rows ?? []) reached.set(String(task), Math.max(Number(n), reached.get(String(task)) ?? -1))
  }
  return Object.fromEntries(reached)
}
