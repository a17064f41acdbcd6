import { TicketsError } from '@tickets/core'
import type { Database, Doing } from '../sql/connection/database.ts'
import type { Column, Connection } from '../sql/connection/dialect.ts'
import { ifThere, makeMissing } from '../sql/table/bookkeeping.ts'
import { GUARD } from '../sql/table/names.ts'
import { dropped } from '../sql/table/owner.ts'
import { type Migration, readMigrations } from './migrations.ts'
import type { StarPlan } from './plan/plan.ts'
import { lookAtTables } from './star-tables.ts'

const APPLIED = '_tickets_migrations'
/** Seconds for which another process that migrates is waited for. */
const WAIT = 30

/** What brings a database up to date: files that are applied once, then the tables and columns of the plan that are missing. */
export interface Upgrade {
  readonly plan: StarPlan
  readonly migrations?: URL | undefined
  /** Server and database, for messages. */
  readonly place: string
}

/**
 * Applies what is missing, and returns what that was. In MySQL, DDL ends transactions, so a process that dies during a file leaves half of it: the statements
 * of a file are repeatable, and the next process begins that file anew.
 *
 * @param log the id of a log: a fact that it has written to is not created again
 */
export async function migrate(database: Database, doing: Doing, { plan, migrations, place }: Upgrade, log?: string): Promise<readonly string[]> {
  const files = migrations ? await readMigrations(migrations) : []
  return database.run(doing, async (connection) => {
    const release = await connection.dialect.lock(connection, 'migrations', WAIT)
    if (!release)
      throw new TicketsError(
        'TARGET_UNUSABLE',
        `${doing.what}: another process has been migrating the database for ${WAIT} s: let it finish, or end it`,
        { retryable: true },
      )
    try {
      const applied = files.length > 0 ? await applyMissing(connection, files, doing.what) : []
      const made: string[] = []
      const { missing } = await lookAtTables(connection, plan, place)
      for (const { what, table, isNew, statements } of missing) {
        if (isNew && log !== undefined) await checkNeverWritten(connection, log, table, place)
        for (const sql of statements) await connection.query(sql)
        made.push(what)
      }
      return [...applied, ...made]
    } finally {
      await release()
    }
  })
}

/** Returns whether files are waiting to be applied, which may change the tables. */
export async function isBehind(connection: Connection, migrations: URL | undefined): Promise<boolean> {
  if (!migrations) return false
  const files = await readMigrations(migrations)
  const applied = await ifThere(connection, APPLIED, async () => (await connection.query(`SELECT version FROM ${APPLIED}`)).rows.length, 0)
  return applied < files.length
}

/** Refuses to create a fact that this log has written to: it was dropped with its rows, and an empty one would hide that. */
async function checkNeverWritten(connection: Connection, log: string, table: string, place: string): Promise<void> {
  const sql = `SELECT MAX(n) AS n FROM ${GUARD} WHERE log_id = ? AND table_name = ?`
  const last = await ifThere(connection, GUARD, async () => (await connection.execute(sql, [log, table])).rows[0]?.n, null)
  if (Number(last ?? -1) < 0) return
  throw dropped(`${place}/${table}`)
}

async function applyMissing(connection: Connection, migrations: readonly Migration[], what: string): Promise<readonly string[]> {
  const { dialect, collation } = connection
  const text = (name: string, length: number): Column => ({ name, type: dialect.textType(length), collation, nullable: false })
  const time = dialect.columnOf({ name: 'applied_at', kind: 'instant', values: [], optional: false, nullable: false }, false, collation)
  const version: Column = { name: 'version', type: 'int', collation: null, nullable: false }
  const create = dialect.createTable({ name: APPLIED, columns: [version, text('name', 255), text('checksum', 64), time], primaryKey: ['version'] })
  await makeMissing(connection, APPLIED, create)
  const { rows } = await connection.query(`SELECT version, name, checksum FROM ${APPLIED}`)
  const applied = new Map(rows.map((row) => [Number(row.version), row]))
  check(migrations, applied, what)
  const done: string[] = []
  for (const { version: number, name, checksum, statements } of migrations) {
    if (applied.has(number)) continue
    for (const sql of statements) await connection.query(sql.replaceAll('utf8mb4_nopad_bin', collation))
    const now = new Date().toISOString().replace('T', ' ').slice(0, 23)
    await connection.execute(`INSERT INTO ${APPLIED} (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)`, [number, name, checksum, now])
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
