import { randomBytes } from 'node:crypto'
import type { Sink } from '@tickets/core'
import { type MysqlConnectionOptions, type MysqlSinkOptions, mysqlSink } from '@tickets/sinks/mysql'
import { type PostgresConnectionOptions, postgresSink } from '@tickets/sinks/postgres'
import pg from 'pg'
import { afterAll, describe, test } from 'vitest'
import { sharedDatabase } from '../../../test/servers/shared.ts'
import { settingsOf as mysqlSettings } from '../src/mysql/settings.ts'
import { settingsOf as postgresSettings } from '../src/postgres/settings.ts'
import { Database } from '../src/sql/connection/database.ts'
import { ownDatabase } from './mysql-helpers.ts'

type Rows = Record<string, unknown>[]

/** A database of its own for a test file, and what differs between the two kinds. */
export interface TestDatabase {
  readonly kind: 'mysql' | 'postgres'
  readonly url: string
  readonly name: string
  /** Runs a statement as another client would; `?` stands for a value. */
  query(sql: string, values?: unknown[]): Promise<Rows>
  /** The rows of a table, or null when there is no such table. */
  rows(table: string): Promise<Rows | null>
  /** What is staged. */
  staged(): Promise<Rows>
  quote(name: string): string
  /** The ids of the other connections to this database. */
  sessions(): Promise<readonly number[]>
  /** Those of them that wait for a statement. */
  idleSessions(): Promise<readonly number[]>
  /** Ends a connection from the server's side. Returns whether it was there. */
  terminate(session: number): Promise<boolean>
  /** The id of a connection, as SQL. */
  readonly sessionId: string
  sink<T>(options: Omit<MysqlSinkOptions<T>, 'url'> & { url?: string }): Sink<T>
  /** The sink's own connections. */
  connections(options?: MysqlConnectionOptions & PostgresConnectionOptions): Database
}

async function mysql(what: string): Promise<TestDatabase | null> {
  const own = await ownDatabase(what)
  if (!own) return null
  const { url } = own
  return {
    ...own,
    kind: 'mysql',
    sessionId: 'CONNECTION_ID()',
    sessions: async () => {
      const others = "db = DATABASE() AND id <> CONNECTION_ID() AND command <> 'Daemon'"
      return (await own.query(`SELECT id FROM information_schema.processlist WHERE ${others}`)).map(({ id }) => Number(id))
    },
    idleSessions: async () => {
      const idle = "db = DATABASE() AND id <> CONNECTION_ID() AND command = 'Sleep'"
      return (await own.query(`SELECT id FROM information_schema.processlist WHERE ${idle}`)).map(({ id }) => Number(id))
    },
    terminate: (session) =>
      own.query(`KILL ${session}`).then(
        () => true,
        () => false,
      ),
    quote: (name) => `\`${name.replaceAll('`', '``')}\``,
    sink: (options) => mysqlSink({ url, ...options }),
    connections: (options) => new Database(mysqlSettings({ url, ...options })),
  }
}

const numbered = (sql: string) => {
  let n = 0
  return sql.replaceAll('?', () => `$${++n}`)
}

const sessions = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tickets'"

/** Whole numbers as numbers, as the client of MySQL gives them. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (id, format) => (id === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(id, format as 'text')),
}

async function postgres(what: string): Promise<TestDatabase | null> {
  const shared = await sharedDatabase('postgres', what)
  if (shared === null) return null
  const name = `tickets_${randomBytes(6).toString('hex')}`
  const server = async (sql: string) => {
    const client = new pg.Client(shared)
    await client.connect()
    await client.query(sql)
    await client.end()
  }
  await server(`CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`)
  const at = new URL(shared)
  at.pathname = `/${name}`
  const url = at.href
  const pool = new pg.Pool({ connectionString: url, max: 2, types })
  // The server may end it.
  pool.on('error', () => {})
  afterAll(async () => {
    await pool.end()
    await server(`DROP DATABASE ${name} WITH (FORCE)`)
  })
  const query = async (sql: string, values: unknown[] = []): Promise<Rows> => {
    const found = await (values.length > 0 ? pool.query(numbered(sql), values) : pool.query(sql))
    return found.rows
  }
  const has = async (table: string) =>
    (await pool.query('SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1', [table])).rows.length > 0
  const quote = (table: string) => pg.escapeIdentifier(table)
  return {
    kind: 'postgres',
    sessionId: 'pg_backend_pid()',
    sessions: async () =>
      (await query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tickets'")).map(({ pid }) =>
        Number(pid),
      ),
    idleSessions: async () => (await query(`${sessions} AND state LIKE 'idle%'`)).map(({ pid }) => Number(pid)),
    terminate: async (session) => (await query('SELECT pg_terminate_backend(?::int) AS ended', [session]))[0]?.ended === true,
    url,
    name,
    query,
    rows: async (table) => ((await has(table)) ? query(`SELECT * FROM ${quote(table)}`) : null),
    staged: async () => ((await has('_tickets_staged')) ? query('SELECT flow, task, n, attempt FROM _tickets_staged') : []),
    quote,
    sink: (options) => postgresSink({ url, ...options }),
    connections: (options) => new Database(postgresSettings({ url, ...options })),
  }
}

/** A database of each kind that can be had, for the tests of what they share. */
export async function ownDatabases(what: string): Promise<readonly TestDatabase[]> {
  const all = await Promise.all([mysql(`${what} in MySQL`), postgres(`${what} in PostgreSQL`)])
  return all.filter((one) => one !== null)
}

/** Describes what holds for every kind of database; left out where none can be had, which CI refuses before it comes here (`sharedDatabase`). */
export function describeEach(databases: readonly TestDatabase[], what: string, tests: (database: TestDatabase) => void): void {
  if (databases.length === 0) describe.skip(`${what}: left out, since no MariaDB or PostgreSQL can be had here`, () => test('needs one', () => {}))
  for (const database of databases) describe(`${database.kind}: ${what}`, () => tests(database))
}

/** The same, PostgreSQL alone. */
export const ownPostgres = postgres
