import { Batch, defineSchema, instant } from '@tickets/core'
import { mysqlSink } from '@tickets/sinks/mysql'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { Every, plain, range } from '../../test/helpers.ts'
import { newTable, ownDatabase } from '../../test/mysql-helpers.ts'
import { begun, writeAll } from '../../test/things.ts'

const database = await ownDatabase('the MySQL sink')
const url = database?.url ?? ''
const query = (sql: string, values?: unknown[]) => database?.query(sql, values) ?? Promise.reject(new Error('no database'))

const at = new Date('2026-11-21T12:00:00.000Z')

describe.skipIf(!database)('rows in a table', () => {
  test('7.3 the table has the columns of the schema from record 0 on', async () => {
    const table = newTable()
    await writeAll(mysqlSink<Every>({ url, table, key: ['text', 'small'] }), Every, [])
    const columns = await query(
      'SELECT column_name AS name, data_type AS type, is_nullable AS nul, collation_name AS coll FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position',
      [table],
    )
    const bin = columns[1]?.coll
    expect(columns.map(({ name, type, nul, coll }) => [name, type, nul, coll])).toEqual([
      ['at', 'datetime', 'NO', null],
      ['text', 'varchar', 'NO', bin],
      ['kind', 'varchar', 'NO', bin],
      ['real', 'double', 'NO', null],
      ['whole', 'bigint', 'NO', null],
      ['small', 'int', 'NO', null],
      ['yes', 'tinyint', 'NO', null],
      ['maybe', 'longtext', 'YES', bin],
      ['kindOrNull', 'varchar', 'YES', bin],
      ['wholeOrNull', 'bigint', 'YES', null],
      ['yesOrNot', 'tinyint', 'YES', null],
      ['atOrNull', 'datetime', 'YES', null],
    ])
    expect(['utf8mb4_nopad_bin', 'utf8mb4_0900_bin']).toContain(bin)
    expect(await query(`SELECT * FROM \`${table}\``)).toEqual([])
  })

  test('a text of a megabyte, and many rows, go in statements that the server takes', async () => {
    const table = newTable()
    const long = '😀é"\\\'\0'.repeat(110_000)
    const many = Array.from({ length: 1500 }, (_, small) => ({ ...plain, small, text: small % 300 === 0 ? long : `${small}` }))
    await writeAll(mysqlSink<Every>({ url, table, key: 'small' }), Every, many)
    const [{ n, l, same }] = (await query(`SELECT COUNT(*) AS n, SUM(CHAR_LENGTH(text) = ?) AS l, SUM(BINARY text = ?) AS same FROM \`${table}\``, [
      [...long].length,
      Buffer.from(long),
    ])) as [Record<string, unknown>]
    expect([Number(n), Number(l), Number(same)]).toEqual([1500, 5, 5])
  })

  test.each([
    ['Infinity', { real: Number.POSITIVE_INFINITY }, /column "real" holds Infinity/],
    ['the year 10000', { at: new Date(8.64e15) }, /column "at" holds \+275760.*the year 1 to 9999/],
    ['the year 0', { at: new Date('0000-12-31T23:59:59.999Z') }, /column "at"/],
  ])('%s is refused before it is recorded, by the name of its column', async (_, value, message) => {
    const table = newTable()
    const { writer } = await begun(mysqlSink<Every>({ url, table }), Every)
    await writer.write(Batch.of(Every, [{ ...plain, ...value }]))
    await expect(writer.stage(0, 'a', range(0, 1))).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: expect.stringMatching(message),
      retryable: false,
    })
    await writer.close()
    expect(await database?.rows(table)).toBeNull()
  })

  test('a key that is too long for its column, or a row for the server, is refused before it is recorded, with what to do', async () => {
    const [one, two] = [newTable(), newTable()]
    const { writer } = await begun(mysqlSink<Every>({ url, table: one, key: 'text' }), Every)
    await writer.write(Batch.of(Every, [{ ...plain, text: 'x'.repeat(256) }]))
    await expect(writer.stage(0, 'a', range(0, 1))).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: expect.stringMatching(/longer than its column.*'text'/),
      retryable: false,
    })
    await writer.close()
    const [{ packet }] = (await query('SELECT @@max_allowed_packet AS packet')) as [{ packet: number }]
    const other = await begun(mysqlSink<Every>({ url, table: two }), Every)
    await other.writer.write(Batch.of(Every, [{ ...plain, text: 'x'.repeat(packet) }]))
    await expect(other.writer.stage(0, 'a', range(0, 1))).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: expect.stringMatching(/max_allowed_packet/),
    })
    await other.writer.close()
    expect(await database?.staged()).toEqual([])
  })
})

describe.skipIf(!database)('instants', () => {
  test('8 are UTC whatever the zone of the server', async () => {
    const table = newTable()
    const Stamp = defineSchema(z.object({ at: instant(), stamp: instant() }), { name: 'stamp', time: 'at' })
    await query(`CREATE TABLE ${table} (at DATETIME(3), stamp TIMESTAMP(3) NULL)`)
    const [{ zone }] = (await query('SELECT @@GLOBAL.time_zone AS zone')) as [{ zone: string }]
    await query("SET GLOBAL time_zone = '+05:00'")
    try {
      await writeAll(mysqlSink<{ at: Date; stamp: Date }>({ url, table }), Stamp, [{ at, stamp: at }])
    } finally {
      await query('SET GLOBAL time_zone = ?', [zone])
    }
    expect(await query(`SELECT at, UNIX_TIMESTAMP(stamp) * 1000 AS stamp FROM ${table}`)).toEqual([{ at, stamp: `${at.getTime()}.000` }])
  })
})

describe.skipIf(!database)('names and secrets', () => {
  test.each([
    ['', /it is empty/],
    ['x'.repeat(65), /longer than 64/],
    ['a.b', /name the database at the end of `url`/],
    ['../x', /name the database/],
    ['a ', /ends in a space/],
    ['a\0', /control character/],
    ['😀', /beyond U\+FFFF/],
    ['_tickets_guard', /what the sink remembers/],
    [7, /got 7/],
  ])('the table %j is refused', (table, message) => {
    expect(() => mysqlSink({ url: 'mysql://x/y', table: table as string })).toThrow(message)
  })

  test.each([
    ['columns that differ in case', { a: z.string(), A: z.string() }, /"a" and "A", which are one in a table/],
    ['a column with a control character', { 'a\n': z.string() }, /no table can have/],
    ['a column of ours', { _tickets_row: z.string() }, /a name that the sink needs/],
  ])('%s are refused before the first row', async (_, shape, message) => {
    const schema = defineSchema(z.object({ at: instant(), ...shape }), { name: 's', time: 'at' as never })
    await expect(begun(mysqlSink<unknown>({ url, table: newTable() }), schema)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(message),
    })
  })

  test('the target is the same words for the same place, without user and password', () => {
    const table = 'tickets'
    const targets = [
      mysqlSink({ url: 'mysql://app:s3cret-pass@DB.example/support', table }),
      mysqlSink({ url: 'mariadb://other@db.example:3306/support', table }),
      mysqlSink({ host: 'db.example', database: 'support', user: 'app', password: 's3cret-pass', table }),
    ].map(({ target }) => target)
    expect(new Set(targets)).toEqual(new Set(['mysql:db.example:3306/support/tickets']))
  })
})
