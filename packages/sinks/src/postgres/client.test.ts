import { afterAll, describe, expect, test } from 'vitest'
import { ownPostgres } from '../../test/databases.ts'
import { numbered } from './client.ts'

const own = await ownPostgres('the connections of the PostgreSQL sink')
const doing = { what: 'testing', retryFor: 2000 }

test('question marks become numbered parameters, but for those in names and texts', () => {
  expect(numbered(`SELECT "a?""?", '?''?', ? FROM t WHERE x = ?`)).toBe(`SELECT "a?""?", '?''?', $1 FROM t WHERE x = $2`)
})

describe.skipIf(!own)('a connection', () => {
  test('is in the schema, the zone and the isolation that the sink needs, whatever the defaults of the user', async () => {
    await own?.query(`ALTER DATABASE ${own.name} SET TimeZone = 'Asia/Tokyo'`)
    await own?.query(`ALTER DATABASE ${own.name} SET default_transaction_isolation = 'serializable'`)
    await own?.query(`ALTER DATABASE ${own.name} SET default_transaction_read_only = on`)
    afterAll(() => own?.query(`BEGIN READ WRITE; ALTER DATABASE ${own.name} RESET ALL; COMMIT`))
    const database = own?.connections()
    const sql =
      "SELECT current_setting('TimeZone') AS zone, current_setting('transaction_isolation') AS isolation, current_schemas(false)::text AS schemas"
    const found = await database?.visit(() =>
      database.run(doing, async (connection) => {
        await connection.query('CREATE TABLE written (n INT)')
        return connection.query(sql)
      }),
    )
    expect(found?.rows).toEqual([{ zone: 'UTC', isolation: 'read committed', schemas: '{public}' }])
  })

  test('waits for a place for as long as the others need', async () => {
    const database = own?.connections({ connectionLimit: 1, connectTimeout: 500 })
    const slow = () => database?.run(doing, (connection) => connection.query('SELECT pg_sleep(0.4)'))
    await database?.visit(() => Promise.all([slow(), slow(), slow()]))
  })

  test('takes a statement that lasts longer than it may for a lost one', async () => {
    const database = own?.connections({ statementTimeout: 300 })
    const lost = database?.visit(() => database.run({ what: 'testing', retryFor: 1 }, (connection) => connection.query('SELECT pg_sleep(3)')))
    await expect(lost).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: true })
  })

  test('to a database that does not store UTF-8 is refused with what to do', async () => {
    const name = `${own?.name}_latin`
    await own?.query(`CREATE DATABASE ${name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)
    const database = own?.connections({ database: name })
    await expect(database?.visit(() => database.run(doing, (connection) => connection.query('SELECT 1')))).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      retryable: false,
      message: expect.stringMatching(/stores texts as LATIN1.*ENCODING 'UTF8'/),
    })
    await own?.query(`DROP DATABASE ${name} WITH (FORCE)`)
  })
})
