import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Batch, defineSchema, instant, type Staged } from '@tickets/core'
import { beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { folder, range } from '../../test/helpers.ts'
import { Sale, sale, shop } from '../../test/star.ts'
import { begin, emptyDatabase, starDatabases, writeRanges } from '../../test/star-database.ts'
import { dateDimension } from './plan/date-dimension.ts'
import { starSchema } from './star-schema.ts'

const databases = await starDatabases('tables of a star schema')

describe.each(databases)('the tables of a star schema in $what', (own) => {
  const { what, database, query, text } = own
  beforeEach(() => emptyDatabase(own))

  test('are made once, by several processes at once, and dimensions before the facts that refer to them', async () => {
    const made = await Promise.all([1, 2, 3].map(() => starSchema({ database: database(), ...shop }).migrate()))
    expect(made.filter((one) => one.length > 0)).toEqual([
      ['created dim_customer', 'created dim_product', 'created dim_day', 'created fact_sale', 'created fact_refund'],
    ])
  })

  test('grow by columns that may be missing, with what they refer to', async () => {
    const Before = defineSchema(z.object({ at: instant(), id: z.int(), who: z.int() }), { name: 'visit', time: 'at' })
    const After = Before.extend('visit', { name: z.string(), left: instant().nullable(), page: z.string().optional() })
    const before = starSchema({
      database: database(),
      dimensions: { who: { key: 'who' }, day: dateDimension() },
      facts: { visit: { schema: Before, key: 'id', refers: { who: 'who' } } },
    })
    await writeRanges(before.facts.visit, Before, [[{ at: new Date(0), id: 1, who: 1 }]])
    const after = starSchema({
      database: database(),
      dimensions: { who: { key: 'who', columns: ['name'] }, page: { key: 'page' }, day: dateDimension() },
      facts: {
        visit: { schema: After, key: 'id', refers: { who: { who: 'who', name: 'name' }, page: 'page' }, roles: { left_on: { day: 'left' } } },
      },
    })
    expect(await after.migrate()).toEqual(['added name, updated_at to dim_who', 'created dim_page', 'added page, left_on, left to fact_visit'])
    expect(await after.migrate()).toEqual([])
    await writeRanges(after.facts.visit, After, [[{ at: new Date(1), id: 2, who: 1, name: 'Ada', left: new Date(2), page: 'p' }]], { first: 1 })
    const rows = await query(`SELECT id, page, ${text('left_on')} AS day FROM fact_visit ORDER BY id`)
    expect(rows.map(({ id, page, day }) => [Number(id), page, day])).toEqual([
      [1, null, null],
      [2, 'p', '1970-01-01'],
    ])
    expect(await query('SELECT name FROM dim_who')).toEqual([{ name: 'Ada' }])
    await expect(query("UPDATE fact_visit SET page = 'ghost'")).rejects.toThrow(/foreign key/i)
  })

  test('a column that every row has cannot be added to rows that are there', async () => {
    const Before = defineSchema(z.object({ at: instant(), id: z.int() }), { name: 'visit', time: 'at' })
    const After = Before.extend('visit', { page: z.string() })
    await starSchema({ database: database(), dimensions: {}, facts: { visit: { schema: Before, key: 'id' } } }).migrate()
    await expect(
      starSchema({ database: database(), dimensions: {}, facts: { visit: { schema: After, key: 'id' } } }).migrate(),
    ).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      message: expect.stringMatching(/fact_visit cannot take the rows: it has no column "page": ALTER TABLE .*ADD COLUMN/),
    })
  })

  test('a table that is there is taken, with more columns and smaller numbers of a day', async () => {
    await query(
      'CREATE TABLE calendar (date_key DATE NOT NULL PRIMARY KEY, year SMALLINT, quarter SMALLINT, month SMALLINT, month_name VARCHAR(20), iso_week SMALLINT, day SMALLINT, day_of_week SMALLINT, day_name VARCHAR(20), is_weekend BOOLEAN, holiday VARCHAR(20))',
    )
    const { facts } = starSchema({
      database: database(),
      dimensions: { day: dateDimension({ table: 'calendar' }) },
      facts: { sale: { schema: Sale, key: 'sale_id', refers: { day: 'at' } } },
    })
    await writeRanges(facts.sale, Sale, [[sale(0)]])
    expect(await query(`SELECT ${text('date_key')} AS d, year, iso_week, day_name, holiday FROM calendar`)).toEqual([
      { d: '2026-01-30', year: 2026, iso_week: 5, day_name: 'Friday', holiday: null },
    ])
  })

  test('files of SQL are applied once, before the tables are looked at', async () => {
    const files = await folder()
    const key = what === 'mysql' ? 'VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin' : 'VARCHAR(20)'
    await writeFile(join(files, '1_product.sql'), `CREATE TABLE dim_product (product_id ${key} NOT NULL PRIMARY KEY, shelf INT);\n`)
    const star = () => starSchema({ database: database(), ...shop, migrations: pathToFileURL(`${files}/`) })
    // What a file will make is not missed by the look before.
    await star().facts.sale.check?.(Sale, 'f')
    expect(await star().migrate()).toEqual(['1_product.sql', 'created dim_customer', 'created dim_day', 'created fact_sale', 'created fact_refund'])
    await writeFile(
      join(files, '2_view.sql'),
      '-- busy products\nCREATE VIEW v_products AS SELECT product_id, COUNT(*) AS sales FROM fact_sale GROUP BY product_id;\n',
    )
    expect(await star().migrate()).toEqual(['2_view.sql'])
    await writeRanges(star().facts.sale, Sale, [[sale(1), sale(3)]])
    expect((await query('SELECT product_id, sales FROM v_products')).map(({ product_id, sales }) => [product_id, Number(sales)])).toEqual([['p1', 2]])
    expect(await query('SELECT product_id, shelf FROM dim_product')).toEqual([{ product_id: 'p1', shelf: null }])
    await query('DROP VIEW v_products')
  })

  test('what a narrower table refuses is found before it is recorded, and its type is that of the column that refers to it', async () => {
    const key = what === 'mysql' ? 'VARCHAR(4) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin' : 'VARCHAR(4)'
    await query(`CREATE TABLE dim_product (product_id ${key} NOT NULL PRIMARY KEY)`)
    const { facts } = starSchema({ database: database(), ...shop })
    await begin(facts.sale)
    const writer = await facts.sale.open({ logId: 'log1', task: 't-0', flow: 'f' }, Sale)
    await writer.write(Batch.of(Sale, [sale(1, { product_id: 'a long one' })]))
    await expect(writer.stage(0, 'a', range(0, 1))).rejects.toMatchObject({ retryable: false })
    await writer.write(Batch.of(Sale, [sale(1, { product_id: 'p1' })]))
    await writer.publish((await writer.stage(0, 'b', range(0, 1))) as Staged)
    await writer.close()
    expect(await query('SELECT product_id FROM fact_sale')).toEqual([{ product_id: 'p1' }])
    const type =
      "SELECT character_maximum_length AS most FROM information_schema.columns WHERE table_name = 'fact_sale' AND column_name = 'product_id'"
    expect(Number((await query(type))[0]?.most)).toBe(4)
  })
})
