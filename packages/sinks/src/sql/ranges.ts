import { type Staged, type TaskId, TicketsError } from '@tickets/core'
import { type Attempt, isSweepable, readStaged } from '@tickets/core/internal'
import type { Connection } from './connection/dialect.ts'
import { isRowsTable } from './staged-rows.ts'
import { GUARD, RANGE, ROW, STAGED } from './table/names.ts'

/** One staged range. */
export interface StagedRange {
  readonly id: number
  readonly rowsIn: string
  readonly rows: number
}

/** The task of the rows, and their table. */
export interface Place {
  readonly task: TaskId
  readonly table: string
}

/** What a record says about its staged rows. */
export interface StagedRows extends Attempt {
  readonly rows: number
  /** The guard when the rows were staged. If the guard is lower now, the database has lost committed rows. */
  readonly after: number
}

/** Returns the entry of a record that names staged rows. */
export const toStaged = ({ n, attempt, rows, after }: StagedRows): Staged => ({ n, attempt, rows, after })

function isStagedRows(entry: unknown): entry is StagedRows {
  const { n, attempt, rows, after } = (entry ?? {}) as { readonly [key: string]: unknown }
  return [n, rows, after].every(Number.isSafeInteger) && typeof attempt === 'string'
}

/** Reads back what `toStaged` wrote. Throws `LOG_DAMAGED` for any other entry. */
export const fromStaged = (staged: Staged, target: string): StagedRows => readStaged(staged, target, 'staged rows', isStagedRows)

const keyOf = ({ table, task: { logId, flow, task } }: Place) => ({ log_id: logId, flow, task, table_name: table })
const keys = ({ table, task: { logId, flow, task } }: Place) => [table, logId, flow, task] as const
const where = 'table_name = ? AND log_id = ? AND flow = ? AND task = ?'

/** Makes the guard of a flow of a task before its first row, at -1. Returns the number of the last applied record. */
export async function openGuard(connection: Connection, place: Place): Promise<number> {
  await connection.dialect.insertNew(connection, GUARD, { ...keyOf(place), n: -1 })
  return (await readGuard(connection, place)) ?? -1
}

/** Returns the number of the last record that is in the table; null if there is no guard, or none any more. */
export async function readGuard(connection: Connection, place: Place): Promise<number | null> {
  const { rows } = await connection.execute(`SELECT n FROM ${GUARD} WHERE ${where}`, keys(place))
  return rows[0] ? Number(rows[0].n) : null
}

/**
 * Sets the guard to `n`. Returns false if record `n` is applied already, or if the guard is below `after`, where the record says that it was at
 * least (docs/internals/protocol.md#6.1).
 */
export async function passGuard(connection: Connection, place: Place, n: number, after: number): Promise<boolean> {
  const { touched } = await connection.execute(`UPDATE ${GUARD} SET n = ? WHERE ${where} AND n < ? AND n >= ?`, [n, ...keys(place), n, after])
  return touched > 0
}

/** Returns the staged range, or null. */
export async function findRange(connection: Connection, place: Place, { n, attempt }: Attempt): Promise<StagedRange | null> {
  const sql = `SELECT id, rows_in, row_count FROM ${STAGED} WHERE ${where} AND n = ? AND attempt = ?`
  const [row] = (await connection.execute(sql, [...keys(place), n, attempt])).rows
  return row ? { id: Number(row.id), rowsIn: checked(String(row.rows_in)), rows: Number(row.row_count) } : null
}

/** Adds a range, whose rows the same transaction inserts. Returns its id, or null if the range is there. */
export function addRange(connection: Connection, place: Place, { n, attempt }: Attempt, rowsIn: string, rows: number): Promise<number | null> {
  const row = { ...keyOf(place), n, attempt, rows_in: rowsIn, row_count: rows }
  return connection.dialect.insertNew(connection, STAGED, row, 'id')
}

/** Removes a range and its rows. */
export async function dropRange(connection: Connection, { id, rowsIn }: Pick<StagedRange, 'id' | 'rowsIn'>): Promise<void> {
  await connection.execute(`DELETE FROM ${connection.dialect.quote(rowsIn)} WHERE ${RANGE} = ?`, [id])
  await connection.execute(`DELETE FROM ${STAGED} WHERE id = ?`, [id])
}

/** Returns the staged ranges that no record can name any more (docs/internals/protocol.md#3.8). */
export async function sweptRanges(connection: Connection, place: Place, head: Attempt): Promise<Pick<StagedRange, 'id' | 'rowsIn'>[]> {
  const sql = `SELECT id, n, attempt, rows_in FROM ${STAGED} WHERE ${where} AND n <= ? ORDER BY id`
  const { rows } = await connection.execute(sql, [...keys(place), head.n])
  const old = rows.filter(({ n, attempt }) => isSweepable({ n: Number(n), attempt: String(attempt) }, head))
  return old.map((row) => ({ id: Number(row.id), rowsIn: checked(String(row.rows_in)) }))
}

/** Returns the columns of the rows that are staged in a table. */
export async function columnsOf(connection: Connection, rowsIn: string): Promise<readonly string[]> {
  const sql = `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ${connection.dialect.schema} AND table_name = ? ORDER BY ordinal_position`
  const names = (await connection.execute(sql, [rowsIn])).rows.map(({ name }) => String(name))
  return names.filter((name) => name !== RANGE && name !== ROW)
}

function checked(rowsIn: string): string {
  if (isRowsTable(rowsIn)) return rowsIn
  const message = `${STAGED} names the table ${JSON.stringify(rowsIn)}, which is none of this sink: restore the database from a backup, or start over with a new log`
  throw new TicketsError('LOG_DAMAGED', message)
}
