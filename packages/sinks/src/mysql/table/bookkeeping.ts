import { isTicketsError } from '@tickets/core'
import type { Connection } from '../connection/client.ts'
import { NO_SUCH_TABLE, numberOf } from '../connection/errors.ts'
import { GUARD, OWNER, STAGED } from './names.ts'

/** Makes the tables that hold what the sinks of a database remember. Repeatable. */
export async function makeBookkeeping(connection: Connection): Promise<void> {
  const text = (length: number) => `VARCHAR(${length}) CHARACTER SET utf8mb4 COLLATE ${connection.collation} NOT NULL`
  const task = `log_id ${text(64)}, flow ${text(255)}, task ${text(255)}, table_name ${text(64)}`
  const tables = [
    `CREATE TABLE IF NOT EXISTS ${GUARD} (${task}, n BIGINT NOT NULL, PRIMARY KEY (table_name, log_id, flow, task)) ENGINE = InnoDB`,
    // The highest n of a table is its owner; the others had it before and never get it back. Of two logs at once one gets the number.
    `CREATE TABLE IF NOT EXISTS ${OWNER} (table_name ${text(64)}, n BIGINT NOT NULL, log_id ${text(64)}, PRIMARY KEY (table_name, n), UNIQUE KEY (table_name, log_id)) ENGINE = InnoDB`,
    `CREATE TABLE IF NOT EXISTS ${STAGED} (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, ${task}, n BIGINT NOT NULL, attempt ${text(64)}, rows_in ${text(64)}, row_count BIGINT NOT NULL, UNIQUE KEY (table_name, log_id, flow, task, n, attempt)) ENGINE = InnoDB`,
  ]
  for (const sql of tables) await connection.query(sql)
}

/** Returns the result of `read`, or `absent` if its table does not exist. */
export async function ifThere<R>(read: Promise<R>, absent: R): Promise<R> {
  try {
    return await read
  } catch (error) {
    if (!isTicketsError(error) && numberOf(error) === NO_SUCH_TABLE) return absent
    throw error
  }
}
