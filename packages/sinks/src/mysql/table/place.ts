import type { Connection } from '../connection/client.ts'
import { ifThere } from './bookkeeping.ts'
import { GUARD, STAGED } from './names.ts'

/** Returns the identity of a table, whatever its address and the case of its name: the server's own id, database and table. */
export async function placeOf(connection: Connection, table: string): Promise<string> {
  const names = ['server_uuid', 'server_uid', 'hostname', 'port', 'datadir', 'lower_case_table_names']
  const sql = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`
  const variables = new Map((await connection.execute(sql, [])).rows.map((row) => [String(row.Variable_name), String(row.Value)]))
  // Older releases of MariaDB have no id: host, port and folder of the data are the same for one server only.
  const server =
    variables.get('server_uuid') ?? variables.get('server_uid') ?? ['hostname', 'port', 'datadir'].map((name) => variables.get(name)).join(' ')
  const database = String((await connection.execute('SELECT DATABASE() AS name', [])).rows[0]?.name)
  const name = `${database}/${table}`
  return `mysql:${server}/${variables.get('lower_case_table_names') === '0' ? name : name.toLowerCase()}`
}

/**
 * Returns, for each task, the record that a log must have reached, from the guards and staged ranges of a table. A range is staged only after the
 * one before it is committed.
 */
export async function reachedIn(connection: Connection, table: string, log: string, flow: string): Promise<Readonly<Record<string, number>>> {
  const where = 'WHERE table_name = ? AND log_id = ? AND flow = ? GROUP BY task'
  const reached = new Map<string, number>()
  for (const sql of [`SELECT task, MAX(n) AS n FROM ${GUARD} ${where}`, `SELECT task, MAX(n) - 1 AS n FROM ${STAGED} ${where}`]) {
    const found = await ifThere(connection.execute(sql, [table, log, flow]), null)
    for (const { task, n } of found?.rows ?? []) reached.set(String(task), Math.max(Number(n), reached.get(String(task)) ?? -1))
  }
  return Object.fromEntries(reached)
}
