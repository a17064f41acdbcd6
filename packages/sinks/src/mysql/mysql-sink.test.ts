import { Batch, defineSchema, instant, type Schema, type Sink, type Staged } from '@tickets/core'
import { mysqlSink } from '@tickets/sinks/mysql'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { anyRow, Every, plain, range, sparse } from '../../test/helpers.ts'
import { newTable, ownDatabase } from '../../test/mysql-helpers.ts'

const database = await ownDatabase('the MySQL sink')
const url = database?.url ?? ''
const query = (sql: string, values?: unknown[]) => database?.query(sql, values) ?? Promise.reject(new Error('no database'))

const at = new Date('2026-11-21T12:00:00.000Z')
const log = 'log1'

/** Begins a log on a sink, and gives a writer that stages and publishes one range after the other. */
async function begun<T>(sink: Sink<T>, schema: Schema<T>, { id = log, task = 'tickets-0' } = {}) {
  const prepared = (await sink.prepare?.({ id })) ?? { takesOver: false, remove: [] }
  await sink.begin?.({ id, ...prepared })
  const writer = await sink.open({ logId: id, task, flow: 'all' }, schema)
  let n = 0
  const commit = async (...rows: T[]) => {
    if (rows.length > 0) await writer.write(Batch.of(schema, rows))
    const staged = (await writer.stage(n++, 'a', range(n, n + 1, rows.length === 0))) as Staged
    await writer.publish(JSON.parse(JSON.stringify(staged)))
  }
  return { writer, commit }
}

async function writeAll<T>(sink: Sink<T>, schema: Schema<T>, ...ranges: T[][]): Promise<void> {
  const { writer, commit } = await begun(sink, schema)
  try {
    for (const rows of ranges) await commit(...rows)
  } finally {
    await writer.close()
  }
}

/** A row as another client reads it, in our words: NULL is null or an absent key, TINYINT is 0 or 1. */
const fromSql = (row: Record<string, unknown>): Every => {
  const out: Record<string, unknown> = {}
  for (const { name, kind, optional } of Every.fields) {
    const value = row[name]
    if (value === null && optional) continue
    out[name] = kind === 'boolean' && value !== null ? value === 1 : kind === 'integer' && value !== null ? Number(value) : value
  }
  return out as Every
}

describe.skipIf(!database)('rows in a table', () => {
  test('values of every kind come back as they were, whatever they are', async () => {
    const table = newTable()
    const rows: Every[] = [plain, sparse, { ...plain, real: -0 }]
    const samples = fc.sample(anyRow, { numRuns: 300, seed: 5 })
    await writeAll(mysqlSink<Every>({ url, table }), Every, rows, samples)
    const found = (await query(`SELECT * FROM \`${table}\``)).map(fromSql)
    const text = (of: readonly Every[]) =>
      of.map((row) => JSON.stringify(Every.fields.map(({ name }) => row[name as keyof Every] ?? `no ${name}`))).sort()
    expect(text(found)).toEqual(text([...rows, ...samples]))
  })

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

  test('keys are distinguished by case, accents and trailing spaces; the last row of a key counts, over ranges and tasks', async () => {
    const Pair = defineSchema(z.object({ id: z.string(), v: z.int32(), at: instant() }), { name: 'pair', time: 'at' })
    const table = newTable()
    const ids = ['a', 'A', 'á', 'a ', ' a', 'a\t', '']
    const sink = mysqlSink<{ id: string; v: number; at: Date }>({ url, table, key: 'id' })
    await writeAll(
      sink,
      Pair,
      ids.flatMap((id, v) => [
        { id, v: -1, at },
        { id, v, at },
      ]),
      [{ id: 'a', v: 100, at }],
    )
    const found = await query(`SELECT id, v FROM \`${table}\` ORDER BY v`)
    expect(found).toEqual([...ids.map((id, v) => ({ id, v })).slice(1), { id: 'a', v: 100 }])
  })

  test('7.2 of a window the highest revision stays, in whatever order they come; key: [] keeps each', async () => {
    const Window = defineSchema(z.object({ window_start: instant(), kind: z.string(), n: z.int(), revision: z.int32() }), {
      name: 'w',
      time: 'window_start',
    })
    const windows = { ...Window, keys: ['window_start', 'kind'] } as typeof Window
    const row = (kind: string, revision: number) => ({ window_start: at, kind, n: 10 * revision, revision })
    type Row = ReturnType<typeof row>
    const ranges = [[row('x', 1), row('y', 0)], [row('x', 0), row('y', 2), row('y', 1)], [row('x', 1)]]
    const [table, all] = [newTable(), newTable()]
    await writeAll(mysqlSink<Row>({ url, table }), windows, ...ranges)
    await writeAll(mysqlSink<Row>({ url, table: all, key: [] as const }), windows, ...ranges)
    expect(await query(`SELECT kind, n, revision FROM \`${table}\` ORDER BY kind`)).toEqual([
      { kind: 'x', n: 10, revision: 1 },
      { kind: 'y', n: 20, revision: 2 },
    ])
    expect(await query(`SELECT COUNT(*) AS n FROM \`${all}\``)).toEqual([{ n: 6 }])
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
  const nasty = [
    "Robert'); DROP TABLE students;--",
    '`; DROP TABLE x; -- `',
    'a"b',
    'select',
    '?',
    ':n',
    '%s',
    'ü ñ 表',
    "it''s",
    '-- x',
    '/* x */',
    '$' + '{x}',
    'a\u2028b',
  ]

  test('a table or a column may be called anything that a name can be, and is only ever a name', async () => {
    const canary = newTable('canary')
    await query(`CREATE TABLE ${canary} (x INT)`)
    for (const name of nasty.filter((one) => !/[./\\]/.test(one))) {
      const schema = defineSchema(z.object({ at: instant(), [name]: z.string(), [`${name}2`]: z.enum([name, 'b']) }), {
        name: 'nasty',
        time: 'at' as never,
      })
      const row = { at, [name]: name, [`${name}2`]: name } as never
      await writeAll(mysqlSink<never>({ url, table: name, key: name as never }), schema as Schema<never>, [row], [row])
      const [found] = (await database?.rows(name)) ?? []
      expect(found, name).toEqual({ at, [name]: name, [`${name}2`]: name })
    }
    expect(await database?.rows(canary)).toEqual([])
  })

  test('values are values', async () => {
    const table = newTable()
    const values = [...nasty, "\\'; DROP TABLE x; --", '\\', "' OR 1=1 --", '\x1a\b\n\r\t\0']
    await writeAll(
      mysqlSink<Every>({ url, table }),
      Every,
      values.map((text) => ({ ...plain, text, maybe: text })),
    )
    expect((await database?.rows(table))?.map(({ text }) => text).sort()).toEqual([...values].sort())
  })

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
