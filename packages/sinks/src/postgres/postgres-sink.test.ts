import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { Batch, bytes, defineSchema, instant, json, type RowOf } from '@tickets/core'
import { postgresSink } from '@tickets/sinks/postgres'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { postgresServer } from '../../../../test/postgres/installation.ts'
import { ownPostgres } from '../../test/databases.ts'
import { Every, plain, range } from '../../test/helpers.ts'
import { newTable } from '../../test/mysql-helpers.ts'
import { begun, writeAll } from '../../test/things.ts'

const own = await ownPostgres('the PostgreSQL sink')
const url = own?.url ?? ''
const query = (sql: string, values?: unknown[]) => own?.query(sql, values) ?? Promise.reject(new Error('no database'))
const log = { id: 'log1', takesOver: false, remove: [] }

describe.skipIf(!own)('rows in a table', () => {
  test('7.3 the table has the columns of the schema from record 0 on', async () => {
    const table = newTable()
    await writeAll(postgresSink<Every>({ url, table, key: ['text', 'small'] }), Every, [])
    const columns = await query(
      'SELECT column_name AS name, data_type AS type, is_nullable AS nul, collation_name AS coll FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position',
      [table],
    )
    expect(columns.map(({ name, type, nul, coll }) => [name, type, nul, coll])).toEqual([
      ['at', 'timestamp with time zone', 'NO', null],
      ['text', 'text', 'NO', 'C'],
      ['kind', 'text', 'NO', 'C'],
      ['real', 'double precision', 'NO', null],
      ['whole', 'bigint', 'NO', null],
      ['small', 'integer', 'NO', null],
      ['yes', 'boolean', 'NO', null],
      ['maybe', 'text', 'YES', null],
      ['kindOrNull', 'text', 'YES', 'C'],
      ['wholeOrNull', 'bigint', 'YES', null],
      ['yesOrNot', 'boolean', 'YES', null],
      ['atOrNull', 'timestamp with time zone', 'YES', null],
    ])
    expect(await own?.rows(table)).toEqual([])
  })

  test('psql reads what was written: instants to the millisecond, bytes, JSON and numbers that are none', async () => {
    const Odd = defineSchema(z.object({ at: instant(), real: z.number(), blob: bytes(), any: json() }), { name: 'odd', time: 'at' })
    const table = newTable('odd')
    await writeAll(postgresSink<RowOf<typeof Odd>>({ url, table }), Odd, [
      {
        at: new Date('2026-03-29T01:30:00.123Z'),
        real: Number.POSITIVE_INFINITY,
        blob: Uint8Array.of(0, 92, 34, 255),
        any: { b: 1, a: [null, '"\\,{}'] },
      },
      { at: new Date('0000-02-29T00:00:00.001Z'), real: Number.NEGATIVE_INFINITY, blob: new Uint8Array(), any: null },
      { at: new Date(8.64e15), real: 5e-324, blob: Uint8Array.of(1), any: 'text' },
    ])
    const { bin, libraries } = await postgresServer()
    const env = { ...process.env, PGTZ: 'UTC', ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) }
    const sql = `SELECT at, real, encode(blob, 'hex'), "any" FROM ${table} ORDER BY real DESC`
    const { stdout } = await promisify(execFile)(`${bin}/psql`, [url, '-AtX', '-c', sql], { env })
    expect(stdout.trim().split('\n')).toEqual([
      '2026-03-29 01:30:00.123+00|Infinity|005c22ff|{"a": [null, "\\"\\\\,{}"], "b": 1}',
      '275760-09-13 00:00:00+00|5e-324|01|"text"',
      '0001-02-29 00:00:00.001+00 BC|-Infinity||null',
    ])
  })

  test.each([
    ['a text with U+0000', { text: 'a\0' }, /column "text" holds a text with the character U\+0000/],
    ['an instant before the calendar', { at: new Date(-8.64e15) }, /column "at" holds -271821.*4713 BC/],
  ])('%s is refused before it is recorded, by the name of its column', async (_, value, message) => {
    const table = newTable()
    const { writer } = await begun(postgresSink<Every>({ url, table }), Every)
    await writer.write(Batch.of(Every, [{ ...plain, ...value }]))
    await expect(writer.stage(0, 'a', range(0, 1))).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: expect.stringMatching(message),
      retryable: false,
    })
    await writer.close()
    expect(await own?.rows(table)).toBeNull()
    expect(await query('SELECT n FROM _tickets_staged WHERE table_name = ?', [table])).toEqual([])
  })

  test('3.14 a key of the longest texts that are staged is published, and a longer one is refused when it is staged', async () => {
    const table = newTable('long')
    // Random, so that the server cannot make it shorter.
    const text = (bytes: number) => randomBytes(bytes).toString('hex').slice(0, bytes)
    const { writer, commit } = await begun(postgresSink<Every>({ url, table, key: 'text' }), Every)
    await commit({ ...plain, text: text(2500) })
    expect((await own?.rows(table))?.length).toBe(1)
    await writer.write(Batch.of(Every, [{ ...plain, text: text(2501) }]))
    await expect(writer.stage(1, 'a', range(1, 2))).rejects.toMatchObject({ code: 'ENCODER_FAILED' })
    await writer.close()
  })

  test('a text of a megabyte, and many rows, arrive as they are', async () => {
    const table = newTable('large')
    const long = '😀é"\\\'\n'.repeat(110_000)
    const many = Array.from({ length: 5000 }, (_, small) => ({ ...plain, small, text: small % 1000 === 0 ? long : `${small}` }))
    await writeAll(postgresSink<Every>({ url, table, key: 'small' }), Every, many)
    const [found] = await query(`SELECT COUNT(*) AS n, COUNT(*) FILTER (WHERE text = ?) AS same FROM ${table}`, [long])
    expect(found).toEqual({ n: 5000, same: 5 })
  })
})

describe.skipIf(!own)('schemas and users', () => {
  test('the table and all that is remembered of it are in the schema that is named, whatever the same names are elsewhere', async () => {
    const table = newTable('apart')
    await query('CREATE SCHEMA "La ""ke"')
    for (const schema of ['La "ke', 'public']) await writeAll(postgresSink<Every>({ url, schema, table }), Every, [plain])
    for (const schema of ['"La ""ke"', 'public']) {
      expect(await query(`SELECT COUNT(*) AS n FROM ${schema}.${table}`)).toEqual([{ n: 1 }])
      expect(await query(`SELECT n FROM ${schema}._tickets_guard WHERE table_name = '${table}'`)).toEqual([{ n: 0 }])
    }
    const places = await Promise.all(['La "ke', 'public'].map((schema) => postgresSink({ url, schema, table }).place?.()))
    expect(new Set(places).size).toBe(2)
  })

  test('a schema that is not there is refused with what to do', async () => {
    const sink = postgresSink<Every>({ url, schema: 'nowhere', table: 't' })
    await expect(sink.begin?.(log)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(/create the schema first/) })
  })

  test('a user without grants is refused with what it needs, and has enough with them', async () => {
    const user = `tickets_${randomBytes(6).toString('hex')}`
    await query(`CREATE ROLE ${user} LOGIN PASSWORD 'x'`)
    const as = new URL(url)
    as.username = user
    as.password = 'x'
    const sink = postgresSink<Every>({ url: as.href, schema: 'granted', table: 't' })
    await query('CREATE SCHEMA granted')
    await expect(sink.begin?.(log)).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      retryable: false,
      message: expect.stringMatching(/create the schema first .*, grant this user USAGE on it/),
    })
    await query(`GRANT USAGE ON SCHEMA granted TO ${user}`)
    await expect(sink.begin?.(log)).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      message: expect.stringMatching(/to create tables it needs CREATE on the schema/),
    })
    await query(`GRANT CREATE ON SCHEMA granted TO ${user}`)
    await writeAll(sink, Every, [plain])
    expect(await query('SELECT COUNT(*) AS n FROM granted.t')).toEqual([{ n: 1 }])
    // The number of the server may be read by everybody.
    expect(await sink.place?.()).toBe(await postgresSink({ url, schema: 'granted', table: 't' }).place?.())
    await query(`DROP OWNED BY ${user}`)
    await query(`DROP ROLE ${user}`)
  })
})

test.each([
  ['', /it is empty/],
  ['ü'.repeat(32), /64 bytes, and names have at most 63/],
  ['a.b', /name the schema by the option `schema`/],
  ['a\0', /control character/],
  ['_tickets_guard', /what the sink remembers/],
  [7, /got 7/],
])('the table %j is refused', (table, message) => {
  expect(() => postgresSink({ url: 'postgres://x/y', table: table as string })).toThrow(message)
})
