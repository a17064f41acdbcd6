import { mysqlSink } from '@tickets/sinks/mysql'
import { describe, expect, test } from 'vitest'
import { newTable, ownDatabase } from '../../../test/mysql-helpers.ts'
import { Database } from '../../sql/connection/database.ts'
import { settingsOf } from '../settings.ts'
import { hasTable, readTable } from './introspection.ts'

const own = await ownDatabase('the description of tables')

describe.skipIf(!own)('a table', () => {
  const query = (sql: string) => own?.query(sql) ?? Promise.reject(new Error('no database'))
  const read = (table: string) => {
    const database = new Database(settingsOf({ url: own?.url ?? '' }))
    return database.visit(() => database.run({ what: 'looking', retryFor: 1000 }, (connection) => readTable(connection, table)))
  }
  const made = async (columns: string, more = 'ENGINE = InnoDB') => {
    const table = newTable('described')
    await query(`CREATE TABLE ${table} (${columns}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ${more}`)
    return table
  }

  test('that is not there is null, also when one of another database has its name', async () => {
    expect(await read(newTable('nowhere'))).toBeNull()
    expect(await read('tables')).toBeNull()
    const database = new Database(settingsOf({ url: own?.url ?? '' }))
    const has = (name: string) => database.run({ what: 'looking', retryFor: 1000 }, (connection) => hasTable(connection, name))
    const table = await made('n INT')
    expect(await database.visit(() => Promise.all([has('tables'), has(table)]))).toEqual([false, true])
  })

  test('has its columns in order, with types without their widths and the collation of texts', async () => {
    const found = await read(
      await made('n INT(7), big BIGINT(20) NOT NULL, yes TINYINT(1), name VARCHAR(9) NOT NULL, at DATETIME(3), real_one DOUBLE'),
    )
    expect(found?.columns.map(({ name, type, nullable, collation }) => [name, type, nullable, collation])).toEqual([
      ['n', 'int', true, null],
      ['big', 'bigint', false, null],
      ['yes', 'tinyint', true, null],
      ['name', 'varchar(9)', false, 'utf8mb4_bin'],
      ['at', 'datetime(3)', true, null],
      ['real_one', 'double', true, null],
    ])
    expect(found).toMatchObject({ unusable: null, refuses: false, unique: [] })
  })

  test('says which columns a row may leave out, and which it may not give', async () => {
    const found = await read(
      await made(
        "id INT AUTO_INCREMENT PRIMARY KEY, must INT NOT NULL, empty INT NULL, preset INT NOT NULL DEFAULT 5, none VARCHAR(5) NOT NULL DEFAULT '', now TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, twice INT AS (must * 2) STORED",
      ),
    )
    expect(Object.fromEntries(found?.columns.map(({ name, filled, computed }) => [name, [filled, computed]]) ?? [])).toEqual({
      id: [true, false],
      must: [false, false],
      empty: [true, false],
      preset: [true, false],
      none: [true, false],
      now: [true, false],
      twice: [true, true],
    })
  })

  test('has its unique indexes with their columns in order, and no others', async () => {
    const found = await read(await made('a INT, b INT, c INT NOT NULL, PRIMARY KEY (c), UNIQUE two (b, a), INDEX plain (a)'))
    expect([...(found?.unique ?? [])].sort((x, y) => x.length - y.length)).toEqual([['c'], ['b', 'a']])
  })

  test.each([
    ['a CHECK', 'n INT, CHECK (n > 0)', ''],
    ['a computed column', 'n INT, m INT AS (n + 1) STORED', ''],
    ['partitions', 'n INT', 'PARTITION BY LIST (n) (PARTITION one VALUES IN (1))'],
  ])('may refuse rows that fit its columns: %s', async (_, columns, more) => {
    expect((await read(await made(columns, `ENGINE = InnoDB ${more}`)))?.refuses).toBe(true)
  })

  test('may refuse rows by a trigger, which another table has not', async () => {
    const [table, other] = [await made('n INT'), await made('n INT')]
    await query(`CREATE TRIGGER ${table}_t BEFORE INSERT ON ${table} FOR EACH ROW SET NEW.n = 1`)
    expect([(await read(table))?.refuses, (await read(other))?.refuses]).toEqual([true, false])
  })

  test('without transactions, or that is a view, cannot be used', async () => {
    const table = await made('n INT', 'ENGINE = MyISAM')
    const view = newTable('view')
    await query(`CREATE VIEW ${view} AS SELECT n FROM ${table}`)
    expect((await read(table))?.unusable).toContain('its engine is MyISAM')
    expect((await read(view))?.unusable).toContain('it is a view')
  })
})

describe.skipIf(!own)('the place of a table', () => {
  const url = own?.url ?? ''

  test('is the same by every address of the server, and another for another table', async () => {
    const other = new URL(url)
    other.hostname = other.hostname === 'localhost' ? '127.0.0.1' : 'localhost'
    const places = []
    for (const [at, table] of [
      [url, 'a'],
      [other.href, 'a'],
      [url, 'b'],
    ] as const)
      places.push(await mysqlSink({ url: at, table }).place?.())
    expect(mysqlSink({ url, table: 'a' }).target).not.toBe(mysqlSink({ url: other.href, table: 'a' }).target)
    expect(places[0]).toBe(places[1])
    expect(places[0]).not.toBe(places[2])
  })
})
