import { TicketsError } from '@tickets/core'
import type { Pool as DriverPool, PoolClient } from 'pg'
import type { Answer, Connection, Pool, Row } from '../sql/connection/dialect.ts'
import type { Parts } from '../sql/connection/settings.ts'
import { quote } from './dialect/columns.ts'
import { postgresDialect } from './dialect/dialect.ts'

export type ClientOptions = Omit<Parts, 'retryFor'> & { readonly host: string; readonly schema: string }

/** The protocol's limit of one value. */
const MAX_BYTES = 2 ** 30 - 1
const OLDEST = 120_000

async function driver() {
  try {
    return (await import('pg')).default
  } catch (error) {
    const message = 'writing to PostgreSQL needs the package pg, which is not installed: npm i pg'
    throw new TicketsError('TARGET_UNUSABLE', message, { cause: error })
  }
}

/** Lets so many in at once; the others wait in their order. The queue of pg gives up after the time that connecting may take. */
class Gate {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  async enter(): Promise<void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}

/** Refuses what texts would not survive. */
async function check(client: PoolClient): Promise<void> {
  const sql = "SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int AS version, version() AS name"
  const { encoding, version, name } = (await client.query<{ encoding: string; version: number; name: string }>(sql)).rows[0] ?? {}
  if (Number(version) < OLDEST) throw new TicketsError('TARGET_UNUSABLE', `the server is ${name}: PostgreSQL 12 is the oldest that can be written to`)
  if (encoding === 'UTF8') return
  const message = `the database stores texts as ${encoding}, which does not hold every one: create it anew with ENCODING 'UTF8' (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0)`
  throw new TicketsError('TARGET_UNUSABLE', message)
}

/** Returns a statement with `$1`, `$2` … for each `?` outside of quotes. */
export function numbered(sql: string): string {
  let n = 0
  return sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (found) => (found === '?' ? `$${++n}` : found))
}

function wrap(client: PoolClient, schema: string): Connection {
  const answer = (results: { rows: unknown[]; rowCount: number | null } | { rows: unknown[]; rowCount: number | null }[]): Answer => {
    const last = Array.isArray(results) ? results.at(-1) : results
    return { rows: (last?.rows ?? []) as Row[], touched: last?.rowCount ?? 0, insertId: 0 }
  }
  return {
    dialect: postgresDialect,
    maxPacket: MAX_BYTES,
    collation: 'C',
    // Set for each transaction, so that a pooler between may change connections after it. Nothing but this schema is searched for the sink's own tables.
    begin: `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL search_path TO ${quote(schema)}; SET LOCAL TIME ZONE 'UTC'`,
    query: async (sql) => answer(await client.query(sql)),
    execute: async (sql, values) => answer(await client.query(numbered(sql), [...values])),
  }
}

/** Returns a pool of connections. pg is loaded when the first one is opened. */
export function createPool({ schema, connections, connectTimeout, statementTimeout, ...address }: ClientOptions): Pool {
  const gate = new Gate(connections)
  const checked = new WeakSet<PoolClient>()
  let pool: Promise<DriverPool> | undefined
  const make = async () => {
    const made = new (await driver()).Pool({
      ...address,
      max: connections,
      connectionTimeoutMillis: connectTimeout,
      query_timeout: statementTimeout,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      allowExitOnIdle: true,
      application_name: 'tickets',
    })
    // A connection that ends while nobody uses it is no error of anybody; one that is in use tells by its statement.
    const ignore = () => {}
    return made.on('error', ignore).on('connect', (client) => void client.on('error', ignore))
  }
  return {
    async borrow() {
      await gate.enter()
      let client: PoolClient | undefined
      try {
        pool ??= make()
        client = await (await pool).connect()
        if (!checked.has(client)) await check(client)
        checked.add(client)
      } catch (error) {
        client?.release(true)
        gate.leave()
        throw error
      }
      const borrowed = client
      return {
        connection: wrap(borrowed, schema),
        giveBack: (broken) => {
          borrowed.release(broken)
          gate.leave()
        },
      }
    },
    async end() {
      const open = await pool?.catch(() => undefined)
      pool = undefined
      await open?.end()
    },
  }
}
