import { TicketsError } from '@tickets/core'
import type { Connection } from '../connection/dialect.ts'
import { ifThere } from './bookkeeping.ts'
import { GUARD, OWNER, STAGED } from './names.ts'

/** Which log writes to a table, and which ones it was taken over from: those never get it back. */
interface Owner {
  readonly n: number
  readonly log: string
  readonly before: readonly string[]
}

/** The owner of a table, or null. `lock` keeps others from changing it until the transaction ends. */
async function readOwner(connection: Connection, table: string, lock = ''): Promise<Owner | null> {
  const { rows } = await connection.execute(`SELECT n, log_id FROM ${OWNER} WHERE table_name = ? ORDER BY n DESC ${lock}`, [table])
  const [first, ...before] = rows
  return first ? { n: Number(first.n), log: String(first.log_id), before: before.map((row) => String(row.log_id)) } : null
}

/** The same where the bookkeeping may not be made yet. */
const knownOwner = (connection: Connection, table: string) => ifThere(connection, OWNER, () => readOwner(connection, table), null)

function check(owner: Owner | null, log: string, target: string, takesOver: boolean): void {
  if (!owner || owner.log === log) return
  if (owner.before.includes(log)) {
    const message = `${target} was taken over by the log ${owner.log}, this is the older log ${log}: delete this log to start over, or write to another table`
    throw new TicketsError('TARGET_OWNED', message)
  }
  if (!takesOver) {
    const message = `${target} belongs to the log ${owner.log}, this one is ${log}: continue with that log, write to another table, or replace the rows by starting a new log with mode: 'overwrite'`
    throw new TicketsError('TARGET_OWNED', message)
  }
}

/** Throws `TARGET_OWNED` where this log may not write to the table. Changes nothing. */
export async function checkOwner(connection: Connection, table: string, log: string, target: string, takesOver: boolean): Promise<void> {
  check(await knownOwner(connection, table), log, target, takesOver)
}

/** Throws `PIPELINE_CHANGED` where a log that began with another table finds one here that is not its own: a database that was moved brings its owner along. */
export async function checkMoved(connection: Connection, table: string, log: string, target: string): Promise<void> {
  if ((await knownOwner(connection, table))?.log === log) return
  const message = `this log wrote to another table, and ${target} is not that one: put it back, move the database as a whole, or start over with a new log`
  throw new TicketsError('PIPELINE_CHANGED', message)
}

/** Throws `TARGET_LOST` where a log that has published finds that nobody owns the table: the bookkeeping, or the whole database, was deleted. */
export async function checkThere(connection: Connection, table: string, target: string): Promise<void> {
  if (await knownOwner(connection, table)) return
  const message = `${target} has no owner (_tickets_owner), and this log has written to it: the database was deleted, is another one, or this user lost its rights on that table (grant them again). Restore it with the tables that begin with _tickets_, or start over: stop every process of the pipeline, delete the log, and run with mode: 'overwrite'`
  throw new TicketsError('TARGET_LOST', message)
}

/** Returns the error for a table that this log has written to and that is not there: an empty one in its place would hide that its rows are gone. */
export function dropped(target: string): TicketsError {
  const message = `${target} was dropped since this log wrote to it, or this user lost its rights on it (grant them again): restore it from a backup, or start over (delete the log, and run with mode: 'overwrite')`
  return new TicketsError('TARGET_UNUSABLE', message)
}

/**
 * Makes this log the owner, inside of a transaction; true when it took the table over from another, whose guards and staged rows are gone with it:
 * a process of that log that still runs finds no guard, and publishes nothing any more.
 */
export async function takeOwnership(connection: Connection, table: string, log: string, target: string, takesOver: boolean): Promise<boolean> {
  const owner = await readOwner(connection, table, 'FOR UPDATE')
  check(owner, log, target, takesOver)
  if (owner?.log === log) return false
  await addOwner(connection, table, log, (owner?.n ?? -1) + 1)
  await connection.execute(`DELETE FROM ${GUARD} WHERE table_name = ? AND log_id <> ?`, [table, log])
  const { rows } = await connection.execute(`SELECT id, rows_in FROM ${STAGED} WHERE table_name = ? AND log_id <> ?`, [table, log])
  for (const { id, rows_in } of rows)
    await connection.execute(`DELETE FROM ${connection.dialect.quote(String(rows_in))} WHERE _tickets_range = ?`, [Number(id)])
  await connection.execute(`DELETE FROM ${STAGED} WHERE table_name = ? AND log_id <> ?`, [table, log])
  return true
}

async function addOwner(connection: Connection, table: string, log: string, n: number): Promise<void> {
  // Another process got there first: looking again tells whether it was one of this log.
  if ((await connection.dialect.insertNew(connection, OWNER, { table_name: table, n, log_id: log })) === null)
    throw new TicketsError('TARGET_OWNED', `another process takes ${table} at this moment`, { retryable: true })
}

/** Throws unless this log owns the table, and keeps it so until the transaction ends. */
export async function holdOwnership(connection: Connection, table: string, log: string, target: string): Promise<void> {
  const owner = await readOwner(connection, table, connection.dialect.lockShared)
  check(owner, log, target, false)
  if (!owner) {
    const message = `${target} has no owner, so its bookkeeping was deleted: restore the tables that begin with _tickets_ from a backup, or start over with a new log`
    throw new TicketsError('TARGET_OWNED', message)
  }
}
