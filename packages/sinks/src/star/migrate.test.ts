import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { migrateWarehouse } from '@tickets/sinks/mysql'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { ownDatabase } from '../../test/mysql-helpers.ts'
import { settingsOf } from '../mysql/settings.ts'
import { ticketMigrations } from '../mysql/warehouse/ticket-star.ts'
import { Database } from '../sql/connection/database.ts'
import { migrate } from './migrate.ts'
import { readMigrations } from './migrations.ts'

const database = await ownDatabase('migrations')
const url = database?.url ?? ''
const query = (sql: string) => database?.query(sql) ?? Promise.reject(new Error('no database'))
const folder = await mkdtemp(join(tmpdir(), 'tickets-migrations-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const from = () => {
  const own = new Database(settingsOf({ url }))
  const upgrade = { plan: { dimensions: [], facts: [] }, migrations: pathToFileURL(`${folder}/`), place: own.settings.place }
  return own.visit(() => migrate(own, { what: 'migrating', code: 'TARGET_UNUSABLE', retryFor: 1 }, upgrade))
}
const names = ['001_dimensions.sql', '002_facts.sql', '003_views.sql']

async function tables(): Promise<string[]> {
  return (await query('SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1')).map(({ name }) =>
    String(name),
  )
}

describe.skipIf(!database)('migrations', () => {
  beforeEach(async () => {
    await query('SET FOREIGN_KEY_CHECKS = 0')
    for (const { name, type } of await query(
      'SELECT table_name AS name, table_type AS type FROM information_schema.tables WHERE table_schema = DATABASE()',
    ))
      await query(`SET STATEMENT foreign_key_checks = 0 FOR DROP ${type === 'VIEW' ? 'VIEW' : 'TABLE'} \`${name}\``)
    await cp(ticketMigrations, folder, { recursive: true, force: true })
  })

  test('are applied once, in order, by several processes at once', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => migrateWarehouse({ url })))
    expect(all.filter((applied) => applied.length > 0)).toEqual([names])
    expect(await migrateWarehouse({ url })).toEqual([])
    expect((await query('SELECT name FROM _tickets_migrations ORDER BY version')).map(({ name }) => name)).toEqual(names)
    const made = await tables()
    for (const table of ['dim_client', 'dim_date', 'dim_priority', 'dim_request_type', 'dim_team', 'fact_ticket', 'fact_metrics', 'v_metrics'])
      expect(made).toContain(table)
  })

  test('a file that was applied half is applied whole by the next process, wherever the first one died', async () => {
    const files = await readMigrations(ticketMigrations)
    const statements = files.flatMap(({ statements }) => statements)
    expect(statements.length).toBeGreaterThan(18)
    await migrateWarehouse({ url })
    const whole = await tables()
    const seeds = async () => query('SELECT COUNT(*) AS n FROM dim_priority')
    const seeded = await seeds()
    // As a death after each statement would leave it: all of it done, or the tail of a file missing, and none of it noted.
    for (const kept of [['dim_date', 'dim_team'], ['dim_date', 'dim_team', 'dim_request_type', 'dim_priority', 'dim_client', 'fact_ticket'], whole]) {
      for (const name of whole.filter((table) => table.startsWith('v_') && !kept.includes(table))) await query(`DROP VIEW IF EXISTS ${name}`)
      for (const name of whole.filter((table) => !table.startsWith('v_') && !kept.includes(table)))
        await query(`SET STATEMENT foreign_key_checks = 0 FOR DROP TABLE IF EXISTS ${name}`)
      await query('DELETE FROM _tickets_migrations').catch(() => {})
      expect(await migrateWarehouse({ url })).toEqual(names)
      expect(await tables()).toEqual(whole)
      expect(await seeds()).toEqual(seeded)
    }
  })

  test('a file that was changed after it was applied is refused, line ends aside', async () => {
    await from()
    const path = join(folder, '002_facts.sql')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replaceAll('\n', '\r\n'))
    expect(await from()).toEqual([])
    await writeFile(path, `${text}\n-- one more\n`)
    await expect(from()).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      retryable: false,
      message: expect.stringMatching(/002_facts.sql is not the file that was applied/),
    })
  })

  test('a new file is applied; one below it, one twice, one that this release does not know are refused', async () => {
    await from()
    await writeFile(join(folder, '005_more.sql'), '-- more\nCREATE TABLE IF NOT EXISTS more (a INT);\n')
    expect(await from()).toEqual(['005_more.sql'])
    await writeFile(join(folder, '004_late.sql'), 'CREATE TABLE IF NOT EXISTS late (a INT);\n')
    await expect(from()).rejects.toThrow(/004_late.sql was added below 5/)
    await rm(join(folder, '004_late.sql'))
    await writeFile(join(folder, '005_again.sql'), 'SELECT 1;\n')
    await expect(from()).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    for (const name of ['005_again.sql', '005_more.sql']) await rm(join(folder, name))
    await expect(from()).rejects.toThrow(/005_more.sql, which this release does not know/)
  })

  test('a statement that fails leaves the file to be applied again, and releases the lock', async () => {
    await writeFile(join(folder, '009_broken.sql'), 'CREATE TABLE IF NOT EXISTS fine (a INT);\nCREATE TABLE broken (;\n')
    await expect(from()).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', retryable: false })
    await writeFile(join(folder, '009_broken.sql'), 'CREATE TABLE IF NOT EXISTS fine (a INT);\nCREATE TABLE IF NOT EXISTS broken (a INT);\n')
    expect(await from()).toEqual(['009_broken.sql'])
    await rm(join(folder, '009_broken.sql'))
  })
})
