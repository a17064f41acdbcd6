import { containerDatabase, hasContainers } from './container.ts'
import { hasMariadb } from './debian.ts'
import { localDatabase } from './local.ts'

/** A real MariaDB (or MySQL) for tests. */
export interface Database {
  /** With user and password; the user may create databases. */
  readonly url: string
  readonly how: 'env' | 'container' | 'debian'
  /** Ends it and removes its data. */
  stop(): Promise<void>
  /** Ends it at once, keeping its data (`debian` only). */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same address and data (`debian` only). */
  restart(): Promise<void>
}

const howToGetOne =
  'Set MYSQL_URL=mysql://user:password@host:port/database, or start a container engine (Docker, Podman), or use Debian or Ubuntu, from which mariadb-server-core is taken.'

/** Which kind of database can be had here, or why none can and what to do. */
export async function databaseAvailable(): Promise<{ how: Database['how'] } | { how: null; reason: string }> {
  if (process.env.MYSQL_URL) return { how: 'env' }
  if (await hasContainers()) return { how: 'container' }
  if (await hasMariadb()) return { how: 'debian' }
  return { how: null, reason: `No MariaDB: MYSQL_URL is not set, no container engine answers, no mariadbd, no apt-get to fetch it. ${howToGetOne}` }
}

/**
 * Starts a database: the one at `MYSQL_URL`, else MariaDB in a container, else MariaDB from Debian. Rejects with what to do when none can be had.
 *
 * @example
 * const database = await startDatabase(); database.url // 'mysql://tickets:test-…@127.0.0.1:20961/tickets'
 */
export async function startDatabase(): Promise<Database> {
  const available = await databaseAvailable()
  if (available.how === null) throw new Error(available.reason)
  if (available.how === 'container') return containerDatabase()
  if (available.how === 'debian') return localDatabase()
  const refuse = () => Promise.reject(new Error('the database at MYSQL_URL is not ours to stop; unset MYSQL_URL for this test'))
  return { how: 'env', url: process.env.MYSQL_URL ?? '', stop: async () => {}, kill: refuse, restart: refuse }
}
