import { isTicketsError, TicketsError } from '@tickets/core'
import type { Pool as DriverPool, PoolConnection } from 'mysql2/promise'
import type { Answer, Connection, Pool, Row } from '../sql/connection/dialect.ts'
import { checkCharacterSet } from './character-set.ts'
import { mysqlDialect } from './dialect/dialect.ts'
import { streamTo } from './tls.ts'

/** Where the server is and who we are there. */
export interface Address {
  readonly host?: string
  readonly port?: number
  readonly socketPath?: string
  readonly user?: string
  readonly password?: string
  readonly database: string
  readonly ssl?: object
}

export interface ClientOptions extends Address {
  readonly connections: number
  /** Milliseconds. */
  readonly connectTimeout: number
  readonly statementTimeout: number
}

async function driver() {
  try {
    return await import('mysql2/promise')
  } catch (error) {
    const message = 'writing to MySQL or MariaDB needs the package mysql2, which is not installed: npm i mysql2'
    throw new TicketsError('TARGET_UNUSABLE', message, { cause: error })
  }
}

const session = [
  // Servers that ignore the character set of the handshake obey this.
  'SET NAMES utf8mb4 COLLATE utf8mb4_bin',
  // Instants are UTC, whatever the server's zone; a value that does not fit is an error and never cut.
  "SET SESSION time_zone = '+00:00', SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  // Locks no gaps, so that tasks of one table wait for each other only over the same rows.
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
]

interface Server {
  readonly maxPacket: number
  readonly collation: string
}

async function setUp(connection: PoolConnection): Promise<Server> {
  for (const sql of session) await connection.query(sql)
  await checkCharacterSet(connection)
  const [rows] = await connection.query('SELECT @@version AS version, @@max_allowed_packet AS packet')
  const { version, packet } = (rows as { version: string; packet: number }[])[0] ?? { version: '', packet: 0 }
  const isMariadb = /mariadb/i.test(version)
  const [major = 0, minor = 0, patch = 0] = (/\d+\.\d+\.\d+/.exec(version)?.[0] ?? '').split('.').map(Number)
  const number = major * 1e6 + minor * 1e3 + patch
  if (number < (isMariadb ? 10_005_000 : 8_000_017))
    throw new TicketsError('TARGET_UNUSABLE', `the server is ${version}: MariaDB 10.5 or MySQL 8.0.17 is the oldest that can be written to`)
  return { maxPacket: Number(packet), collation: isMariadb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin' }
}

function wrap(raw: PoolConnection, server: Server, timeout: number): Connection {
  const answer = ([result]: readonly unknown[]): Answer => {
    if (Array.isArray(result)) return { rows: result as Row[], touched: 0, insertId: 0 }
    const { affectedRows = 0, insertId = 0 } = (result ?? {}) as { affectedRows?: number; insertId?: number }
    return { rows: [], touched: affectedRows, insertId }
  }
  return {
    ...server,
    dialect: mysqlDialect,
    begin: 'START TRANSACTION',
    query: async (sql) => answer(await raw.query({ sql, timeout })),
    execute: async (sql, values) => answer(await raw.execute({ sql, timeout }, [...values])),
  }
}

/** Returns a pool of connections. mysql2 is loaded when the first one is opened. */
export function createPool(options: ClientOptions): Pool {
  const { connections, connectTimeout, statementTimeout, ...address } = options
  const servers = new WeakMap<object, Server>()
  let pool: Promise<DriverPool> | undefined
  const make = async () =>
    (await driver()).createPool({
      ...address,
      ...streamTo(options),
      connectionLimit: connections,
      connectTimeout,
      timezone: 'Z',
      charset: 'utf8mb4_bin',
      enableKeepAlive: true,
      keepAliveInitialDelay: 10_000,
    } as Parameters<Awaited<ReturnType<typeof driver>>['createPool']>[0])
  return {
    async borrow() {
      pool ??= make()
      const raw = await (await pool).getConnection()
      try {
        // The wrapper is new each time, the connection below it is not.
        const server = servers.get(raw.connection) ?? (await setUp(raw))
        servers.set(raw.connection, server)
        return { connection: wrap(raw, server, statementTimeout), giveBack: (broken) => (broken ? raw.destroy() : raw.release()) }
      } catch (error) {
        raw.destroy()
        throw error
      }
    },
    async end() {
      const open = await pool?.catch(() => undefined)
      pool = undefined
      await open?.end().catch((error: unknown) => {
        if (isTicketsError(error)) throw error
      })
    },
  }
}
