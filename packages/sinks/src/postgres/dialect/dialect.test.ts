import { describe, expect, test } from 'vitest'
import { ownPostgres } from '../../../test/databases.ts'
import { postgresDialect } from './dialect.ts'

const own = await ownPostgres('the dialect of PostgreSQL')
const doing = { what: 'testing', retryFor: 1000 }

test('names that differ in case are two columns, and a schema is an option', () => {
  expect([postgresDialect.isSameName('a', 'A'), postgresDialect.isSameName('a', 'a')]).toEqual([false, true])
  expect(postgresDialect.nameThePlace).toContain('`schema`')
})

describe.skipIf(!own)('on a server', () => {
  test('days are those of UTC, weeks those of ISO 8601, and Monday is the first day', async () => {
    const day = postgresDialect.dayOf("TIMESTAMPTZ '2024-12-29 23:30:00-05'")
    const sql = `SELECT ${day}::text AS day, ${postgresDialect.isoWeek(day)} AS week, ${postgresDialect.isoDay(day)} AS weekday`
    expect(await own?.query(sql)).toEqual([{ day: '2024-12-30', week: 1, weekday: 1 }])
  })

  test('a lock is kept until the transaction ends, and not waited for longer than is said', async () => {
    const database = own?.connections()
    const seen: string[] = []
    await database?.visit(async () => {
      await database.run(doing, async (connection) => {
        expect(await postgresDialect.lock(connection, 'migrations', 1)).not.toBeNull()
        await database.run(doing, async (other) => {
          expect(await postgresDialect.lock(other, 'migrations', 0.2)).toBeNull()
          expect(await postgresDialect.lock(other, 'else', 0.2)).not.toBeNull()
        })
        seen.push('kept')
      })
      await database.run(doing, async (connection) => {
        expect(await postgresDialect.lock(connection, 'migrations', 1)).not.toBeNull()
      })
    })
    expect(seen).toEqual(['kept'])
  })
})
