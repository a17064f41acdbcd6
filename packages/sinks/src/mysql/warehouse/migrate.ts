import { TicketsError } from '@tickets/core'
import { Database, type Doing } from '../../sql/connection/database.ts'
import type { Connection } from '../../sql/connection/dialect.ts'
import { type MysqlConnectionOptions, settingsOf } from '../settings.ts'
import { type Migration, readMigrations, starSchema } from './migrations.ts'

const APPLIED = '`_tickets_migrations`'
/** Seconds for which another process that migrates is waited for. */
const WAIT = 30
/** Locks are the whole server's, and have names of at most 64 characters. */
const LOCK = "CONCAT('tickets_migrations_', MD5(DATABASE()))"

/**
 * Brings the star schema of a database up to date and returns the files it applied. Running it again, or in several processes, is safe. `warehouse` does
 * it when a pipeline starts; call it before to do so as another user, who also needs CREATE VIEW and REFERENCES.
 *
 * @throws `TARGET_UNUSABLE` where a file was changed after it was applied, or a newer release has been there
 * @example
 * await migrateWarehouse({ url: 'mysql://admin:secret@localhost/support' }) // ['001_dimensions.sql', '002_facts.sql', '003_views.sql']
 */
export async function migrateWarehouse(options: MysqlConnectionOptions): Promise<readonly string[]> {
  const settings = settingsOf(options)
  const database = new Database(settings)
  return database.visit(() => migrate(database, { what: `migrating ${settings.place}`, code: 'TARGET_UNUSABLE', retryFor: settings.retryFor }))
}

/**
 * Applies what is missing. DDL ends transactions, so a process that dies during a file leaves half of it: the statements of a file are repeatable, and the
 * next process begins that file anew.
 */
export async function migrate(database: Database, doing: Doing, folder = starSchema): Promise<readonly string[]> {
  const migrations = await readMigrations(folder)
  return database.run(doing, async (connection) => {
    const { rows } = await connection.query(`SELECT GET_LOCK(${LOCK}, ${WAIT}) AS held`)
    if (Number(rows[0]?.held) !== 1)
      throw new TicketsError(
        'TARGET_UNUSABLE',
        `${doing.what}: another process has been migrating the database for ${WAIT} s: let it finish, or end it`,
        {
          retryable: true,
        },
      )
    try {
      return await applyMissing(connection, migrations, doing.what)
    } finally {
      // A connection that is gone has released it.
      await connection.query(`SELECT RELEASE_LOCK(${LOCK}) AS released`).catch(() => {})
    }
  })
}

async function applyMissing(connection: Connection, migrations: readonly Migration[], what: string): Promise<readonly string[]> {
  const create = `CREATE TABLE IF NOT EXISTS ${APPLIED} (version INT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, checksum CHAR(64) NOT NULL, applied_at DATETIME(3) NOT NULL) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4`
  await connection.query(create)
  const { rows } = await connection.query(`SELECT version, name, checksum FROM ${APPLIED}`)
  const applied = new Map(rows.map((row) => [Number(row.version), row]))
  check(migrations, applied, what)
  const done: string[] = []
  for (const { version, name, checksum, statements } of migrations) {
    if (applied.has(version)) continue
    for (const sql of statements) await connection.query(sql.replaceAll('utf8mb4_nopad_bin', connection.collation))
    await connection.execute(`INSERT INTO ${APPLIED} (version, name, checksum, applied_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3))`, [
      version,
      name,
      checksum,
    ])
    done.push(name)
  }
  return done
}

function check(migrations: readonly Migration[], applied: ReadonlyMap<number, { readonly [name: string]: unknown }>, what: string): void {
  const refuse = (why: string) => new TicketsError('TARGET_UNUSABLE', `${what}: ${why}`)
  for (const [version, { name, checksum }] of applied) {
    const known = migrations.find((migration) => migration.version === version)
    if (!known)
      throw refuse(`the database has the migration ${name}, which this release does not know: use the release that applied it, or a newer one`)
    if (known.checksum !== checksum)
      throw refuse(
        `${known.name} is not the file that was applied as ${name}: put it back as it was, and write changes into a new file with the next number`,
      )
  }
  const highest = Math.max(0, ...applied.keys())
  const between = migrations.find(({ version }) => version < highest && !applied.has(version))
  if (between) throw refuse(`${between.name} was added below ${highest}, which is applied: give it the next number`)
}
