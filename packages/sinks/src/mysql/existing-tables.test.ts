import { defineSchema, instant } from '@tickets/core'
import { mysqlSink } from '@tickets/sinks/mysql'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { newTable, ownDatabase } from '../../test/mysql-helpers.ts'
import { commit, open, type Thing } from '../../test/things.ts'

const database = await ownDatabase('tables of the MySQL sink')
const url = database?.url ?? ''
const query = (sql: string) => database?.query(sql) ?? Promise.reject(new Error('no database'))

type Key = ('id' | 'n' | 'note')[]

const id = 'id VARCHAR(50) COLLATE utf8mb4_nopad_bin'
const rest = 'n BIGINT NOT NULL, ok BOOLEAN NOT NULL, at DATETIME(3) NOT NULL, note LONGTEXT'
const isMariadb = database ? /maria/i.test(String((await query('SELECT VERSION() AS v'))[0]?.v)) : true
const create = (columns: string, table: string, more = '') =>
  query(
    `CREATE TABLE ${table} (${columns}) CHARACTER SET utf8mb4 ${more}`.replaceAll(
      'utf8mb4_nopad_bin',
      isMariadb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin',
    ),
  )

describe.skipIf(!database)('a table that is there', () => {
  test.each([
    ['a column less', `${id}, n BIGINT, ok BOOLEAN, at DATETIME(3)`, [], /no column "note": ALTER TABLE `\w+` ADD COLUMN `note` longtext/],
    [
      'a narrower number',
      `${id}, n INT, ok BOOLEAN, at DATETIME(3), note TEXT`,
      [],
      /"n" is int, which does not hold every integer: ALTER TABLE `\w+` MODIFY `n` bigint NOT NULL/,
    ],
    ['times without milliseconds', `${id}, n BIGINT, ok BOOLEAN, at DATETIME, note TEXT`, [], /"at" is datetime,.*MODIFY `at` datetime\(3\)/],
    ['a number for a text', `id INT, ${rest}`, [], /"id" is int/],
    ['NOT NULL for an optional column', `${id}, n BIGINT, ok BOOLEAN, at DATETIME(3), note TEXT NOT NULL`, [], /"note" cannot be NULL/],
    ['another column that wants a value', `${id}, ${rest}, extra INT NOT NULL`, [], /"extra" wants a value/],
    ['a computed column', `${id}, n BIGINT AS (1) STORED, ok BOOLEAN, at DATETIME(3), note TEXT`, [], /"n" is computed/],
    ['no index on the key', `${id}, ${rest}`, ['id'], /no unique index on the key \(id\): ALTER TABLE `\w+` ADD UNIQUE \(`id`\)/],
    [
      'a key that merges texts',
      `id VARCHAR(50) COLLATE utf8mb4_general_ci PRIMARY KEY, ${rest}`,
      ['id'],
      /collation utf8mb4_general_ci, by which texts that differ in case/,
    ],
    ['a unique index beside the key', `${id} PRIMARY KEY, ${rest}, UNIQUE (n)`, ['id'], /unique index on \(n\), another one than the key/],
    ['a unique index and no key', `${id} PRIMARY KEY, ${rest}`, [], /unique index on \(id\), and the sink has no key/],
  ])('with %s is refused with what to do, and nothing is written', async (_, columns, key, message) => {
    const table = newTable('refused')
    await create(columns, table)
    const refused = expect(open(mysqlSink<Thing>({ url, table, key: key as Key }))).rejects
    await refused.toMatchObject({ code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringMatching(message) })
    expect(await database?.rows(table)).toEqual([])
  })

  test('without transactions, or that is a view, is refused', async () => {
    const [table, view] = [newTable('engine'), newTable('view')]
    await create(`${id}, ${rest}`, table, 'ENGINE = MyISAM')
    await query(`CREATE VIEW ${view} AS SELECT * FROM ${table}`)
    await expect(open(mysqlSink<Thing>({ url, table }))).rejects.toThrow(/MyISAM.*ALTER TABLE `\w+` ENGINE = InnoDB/)
    await expect(open(mysqlSink<Thing>({ url, table: view }))).rejects.toThrow(/is a view/)
  })

  test('that holds all values is taken as it is: more columns, other names of types, another order, a counted key', async () => {
    const table = newTable('wider')
    await create(
      `row_id INT AUTO_INCREMENT PRIMARY KEY, made TIMESTAMP DEFAULT CURRENT_TIMESTAMP, note MEDIUMTEXT, at DATETIME(6), ok TINYINT, N DOUBLE, ${id} NOT NULL, UNIQUE (id), UNIQUE (id, n)`,
      table,
    )
    await commit(mysqlSink<Thing>({ url, table, key: 'id' }), 0, ['a', 'b', 'a'])
    await commit(mysqlSink<Thing>({ url, table, key: 'id' }), 1, ['a'])
    expect(await query(`SELECT id, n, ok, note FROM ${table} ORDER BY id`)).toEqual([
      { id: 'a', n: 1, ok: 1, note: null },
      { id: 'b', n: 0, ok: 1, note: null },
    ])
  })

  test('a key that is too long for an index is refused', async () => {
    const wide = defineSchema(z.object({ at: instant(), ...Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, z.string()])) }), {
      name: 'wide',
      time: 'at' as never,
    })
    const sink = mysqlSink<Thing>({ url, table: newTable(), key: ['a', 'b', 'c', 'd'] as never })
    await expect(open(sink, 'log1', { schema: wide as never })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/takes 4088 bytes/),
    })
  })
})
