import { randomBytes } from 'node:crypto'
import mysql from 'mysql2/promise'
import { afterAll } from 'vitest'
import { sharedDatabase } from '../../../test/servers/shared.ts'

/** A database of its own for a test file, dropped at the end; null where there is no server. */
export async function ownDatabase(what: string) {
  const shared = await sharedDatabase('mysql', what)
  if (shared === null) return null
  const name = `tickets_${randomBytes(6).toString('hex')}`
  const server = await mysql.createConnection(shared)
  await server.query(`CREATE DATABASE ${name} CHARACTER SET latin1`)
  await server.end()
  const url = new URL(shared)
  url.pathname = `/${name}`
  // Read as others do, by another client's defaults.
  const pool = mysql.createPool({ uri: url.href, timezone: 'Z', connectionLimit: 2, typeCast: instants })
  afterAll(async () => {
    await pool.query(`DROP DATABASE ${name}`)
    await pool.end()
  })
  const query = async (sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => {
    const [rows] = await pool.query(sql, values)
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  }
  return {
    url: url.href,
    name,
    query,
    /** The rows of a table, or null when there is no such table. */
    rows: async (table: string) => ((await has(query, table)) ? query(`SELECT * FROM ${mysql.escapeId(table, true)}`) : null),
    /** What is staged. */
    staged: async () => ((await has(query, '_tickets_staged')) ? query('SELECT flow, task, n, attempt FROM _tickets_staged') : []),
  }
}

const has = async (query: (sql: string, values: unknown[]) => Promise<unknown[]>, table: string) =>
  (await query('SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?', [table])).length > 0

/** The driver's own reading takes the year 1 for 2001. */
const instants: mysql.TypeCast = (field, next) => {
  if (field.type !== 'DATETIME') return next()
  const text = field.string()
  return text === null ? null : new Date(`${text.replace(' ', 'T')}Z`)
}

let made = 0
/** A new name for a table. */
export const newTable = (what = 't'): string => `${what}_${++made}`

/** Ends connections of this database that do nothing, such as those of a process that is dead. */
export async function buryMysql(query: (sql: string) => Promise<Record<string, unknown>[]>): Promise<void> {
  const others = await query("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID() AND command = 'Sleep'")
  for (const { id } of others) await query(`KILL ${Number(id)}`).catch(() => {})
}
