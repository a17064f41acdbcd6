import { Batch, type Staged } from '@tickets/core'
import { postgresSink } from '@tickets/sinks/postgres'
import { describe, expect, test } from 'vitest'
import { ownPostgres } from '../../test/databases.ts'
import { range } from '../../test/helpers.ts'
import { newTable } from '../../test/mysql-helpers.ts'
import { commit, open, Thing, thing } from '../../test/things.ts'

const own = await ownPostgres('tables of the PostgreSQL sink')
const url = own?.url ?? ''
const query = (sql: string) => own?.query(sql) ?? Promise.reject(new Error('no database'))

type Key = ('id' | 'n' | 'note')[]

const rest = 'n BIGINT NOT NULL, ok BOOLEAN NOT NULL, at TIMESTAMPTZ NOT NULL, note TEXT'
const create = (columns: string, table: string) => query(`CREATE TABLE ${table} (${columns})`)

describe.skipIf(!own)('a table that is there', () => {
  test.each([
    ['a column less', 'id TEXT, n BIGINT, ok BOOLEAN, at TIMESTAMPTZ', [], /no column "note": ALTER TABLE "\w+" ADD COLUMN "note" text NULL/],
    [
      'a narrower number',
      'id TEXT, n INT, ok BOOLEAN, at TIMESTAMPTZ, note TEXT',
      [],
      /"n" is integer, which does not hold every integer: ALTER TABLE "\w+" ALTER COLUMN "n" TYPE bigint/,
    ],
    ['times without milliseconds', 'id TEXT, n BIGINT, ok BOOLEAN, at TIMESTAMPTZ(0), note TEXT', [], /"at" is timestamp\(0\) with time zone/],
    ['a number for a text', `id INT, ${rest}`, [], /"id" is integer/],
    ['texts that are filled with spaces', `id CHAR(5), ${rest}`, [], /"id" is character\(5\)/],
    [
      'NOT NULL for an optional column',
      'id TEXT, n BIGINT, ok BOOLEAN, at TIMESTAMPTZ, note TEXT NOT NULL',
      [],
      /"note" cannot be NULL.*DROP NOT NULL/,
    ],
    ['another column that wants a value', `id TEXT, ${rest}, extra INT NOT NULL`, [], /"extra" wants a value/],
    ['a computed column', 'id TEXT, n BIGINT GENERATED ALWAYS AS (1) STORED, ok BOOLEAN, at TIMESTAMPTZ, note TEXT', [], /"n" is computed/],
    ['no index on the key', `id TEXT, ${rest}`, ['id'], /no unique index on the key \(id\): ALTER TABLE "\w+" ADD UNIQUE \("id"\)/],
    ['an index on the key for some rows', `id TEXT, ${rest}, UNIQUE (id) DEFERRABLE`, ['id'], /no unique index on the key \(id\)/],
    ['a unique index beside the key', `id TEXT PRIMARY KEY, ${rest}, UNIQUE (n)`, ['id'], /unique index on \(n\), another one than the key/],
    ['a unique index and no key', `id TEXT PRIMARY KEY, ${rest}`, [], /unique index on \(id\), and the sink has no key/],
  ])('with %s is refused with what to do, and nothing is written', async (_, columns, key, message) => {
    const table = newTable('refused')
    await create(columns, table)
    const refused = expect(open(postgresSink<Thing>({ url, table, key: key as Key }))).rejects
    await refused.toMatchObject({ code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringMatching(message) })
    expect(await own?.rows(table)).toEqual([])
  })

  test('whose key can merge texts is refused', async () => {
    await query("CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    const table = newTable('refused')
    await create(`id TEXT COLLATE ci PRIMARY KEY, ${rest}`, table)
    await expect(open(postgresSink<Thing>({ url, table, key: 'id' }))).rejects.toThrow(/collation ci, by which texts that differ in case/)
  })

  test('that holds all values is taken as it is: more columns, other types, another order, a counted key', async () => {
    const table = newTable('wider')
    await create(
      'row_id SERIAL PRIMARY KEY, made TIMESTAMPTZ DEFAULT now(), note VARCHAR(100), at TIMESTAMP(6), ok BOOLEAN, n DOUBLE PRECISION, id VARCHAR(50) NOT NULL, UNIQUE (id), UNIQUE (id, n)',
      table,
    )
    const sink = () => postgresSink<Thing>({ url, table, key: 'id' })
    await commit(sink(), 0, ['a', 'b', 'a'])
    await commit(sink(), 1, ['a'])
    expect(await query(`SELECT id, n, ok, note, at::text AS at FROM ${table} ORDER BY id`)).toEqual([
      { id: 'a', n: 1, ok: true, note: null, at: '2026-11-21 00:00:00' },
      { id: 'b', n: 0, ok: true, note: null, at: '2026-11-21 00:00:00' },
    ])
  })

  test.each([
    ['a CHECK', 'n BIGINT CHECK (n < 5)', '', /a CHECK, a trigger/],
    ['partitions', 'n BIGINT', ' PARTITION BY RANGE (n)', /a CHECK, a trigger, a computed column or the partitions/],
    ['an index that has no room for it', 'n BIGINT', 'index', /too long for an index/],
  ])('3.14 a row that is refused by %s is found before it is recorded, and nothing of it stays', async (_, n, more, message) => {
    const table = newTable('strict')
    await query(`CREATE TABLE ${table} (id TEXT, ${n}, ok BOOLEAN, at TIMESTAMPTZ, note TEXT)${more === 'index' ? '' : more}`)
    if (more === 'index') await query(`CREATE INDEX ON ${table} (note)`)
    if (more.includes('PARTITION')) await query(`CREATE TABLE ${table}_low PARTITION OF ${table} FOR VALUES FROM (0) TO (5)`)
    const writer = await open(postgresSink<Thing>({ url, table }))
    // Random enough that the server cannot make it shorter.
    const note = Array.from({ length: 9000 }, (_1, i) => String.fromCodePoint(0x4e00 + ((i * 7919 * (i + 13)) % 20_000))).join('')
    const stage = async (bad: boolean, number: number) => {
      await writer.write(Batch.of(Thing, [thing('good'), bad ? { ...thing('bad', 7), note } : thing('fine')]))
      return writer.stage(number, 'a', range(number, number + 1))
    }
    await expect(stage(true, 0)).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: false, message: expect.stringMatching(message) })
    expect(await query(`SELECT n FROM _tickets_staged WHERE table_name = '${table}'`)).toEqual([])
    await writer.publish((await stage(false, 0)) as Staged)
    await writer.close()
    expect((await own?.rows(table))?.map(({ id }) => id).sort()).toEqual(['fine', 'good'])
  })

  test('with a foreign key waits for the row that is referred to, which another flow may write', async () => {
    const [parent, table] = [newTable('parent'), newTable('child')]
    await query(`CREATE TABLE ${parent} (id TEXT PRIMARY KEY)`)
    await create(`id TEXT REFERENCES ${parent}, n BIGINT CHECK (n >= 0), ok BOOLEAN, at TIMESTAMPTZ, note TEXT`, table)
    const writer = await open(postgresSink<Thing>({ url, table }))
    await writer.write(Batch.of(Thing, [thing('a')]))
    const staged = (await writer.stage(0, 'a', range(0, 1))) as Staged
    const publishing = writer.publish(staged)
    await query(`INSERT INTO ${parent} VALUES ('a')`)
    await publishing
    await writer.close()
    expect((await own?.rows(table))?.length).toBe(1)
  })
})
