import { defineSchema, instant, type RowOf, type Sink } from '@tickets/core'
import { mysql } from '@tickets/sinks/mysql'
import { beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { Refund, refund, Sale, sale, shop } from '../../test/star.ts'
import { begin, emptyDatabase, starDatabases, writeRanges } from '../../test/star-database.ts'
import { dateDimension } from './plan/date-dimension.ts'
import { starSchema } from './star-schema.ts'

const databases = await starDatabases('star schemas')
const anywhere = () => mysql({ url: 'mysql://localhost/shop' })

describe('a description', () => {
  test('is typed: facts take their rows, and names of columns and dimensions are checked', () => {
    const { facts } = starSchema({ database: anywhere(), ...shop })
    expectTypeOf(facts.sale).toEqualTypeOf<Sink<Sale>>()
    expectTypeOf(facts.refund).toEqualTypeOf<Sink<Refund>>()
    const database = anywhere()
    const product = { product: { key: 'id' } } as const
    const { customer: described } = shop.dimensions
    const customer = { customer: described }
    const day = { day: dateDimension() }
    const wrong = [
      // @ts-expect-error no such column
      () => starSchema({ database, dimensions: {}, facts: { sale: { schema: Sale, key: 'sale' } } }),
      // @ts-expect-error no such dimension
      () => starSchema({ database, dimensions: product, facts: { sale: { schema: Sale, refers: { produkt: 'product_id' } } } }),
      // @ts-expect-error no such path
      () => starSchema({ database, dimensions: product, facts: { sale: { schema: Sale, refers: { product: 'product.id' } } } }),
      // @ts-expect-error columns of the dimension are missing
      () => starSchema({ database, dimensions: customer, facts: { sale: { schema: Sale, refers: { customer: { customer_id: 'user.id' } } } } }),
      // @ts-expect-error a number is no day
      () => starSchema({ database, dimensions: day, facts: { sale: { schema: Sale, refers: { day: 'quantity' } } } }),
      // @ts-expect-error no such dimension of a role
      () => starSchema({ database, dimensions: day, facts: { sale: { schema: Sale, roles: { due_on: { date: 'due' } } } } }),
      // @ts-expect-error no such column to keep
      () => starSchema({ database, dimensions: {}, facts: { sale: { schema: Sale, columns: ['amont'] } } }),
    ]
    expect(wrong.map((make) => Object(attempt(make)).code)).toEqual(wrong.map(() => 'OPTION_INVALID'))
  })

  test('needs a database, and tables and columns that can be there', () => {
    const { dimensions, facts } = shop
    expect(attempt(() => starSchema({ database: {} as never, dimensions, facts }))).toMatchObject({ code: 'OPTION_INVALID' })
    expect(attempt(() => starSchema(null as never))).toMatchObject({ code: 'OPTION_INVALID' })
    const named = (table: string) => attempt(() => starSchema({ database: anywhere(), dimensions: {}, facts: { sale: { schema: Sale, table } } }))
    expect(named('shop.sale')).toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('name the database') })
    expect(named('_tickets_sale')).toMatchObject({ code: 'OPTION_INVALID' })
  })
})

function attempt(make: () => unknown): unknown {
  try {
    return make()
  } catch (error) {
    return error
  }
}

const Hourly = defineSchema(z.object({ window_start: instant(), window_end: instant(), country: z.string(), sales: z.int(), revision: z.int32() }), {
  name: 'hourly',
  time: 'window_end',
})

describe.each(databases)('a star schema in $what', (own) => {
  const { database, query, text } = own
  beforeEach(() => emptyDatabase(own))
  const shopIn = (mode: 'append' | 'overwrite' = 'append') => starSchema({ database: database(), mode, ...shop })

  test('a newest column is that of the newest row, in whatever order rows come, and the least and the greatest are of all', async () => {
    const { facts } = shopIn()
    const user = (name: string, country: string | null) => ({ id: 1, name, country })
    const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour))
    await writeRanges(facts.sale, Sale, [
      [sale(1, { at: at(5), user: user('five', 'c5') }), sale(2, { at: at(3), user: user('three', 'c3') })],
      [sale(3, { at: at(2), user: user('two', 'c2') })],
      [sale(4, { at: at(9), user: user('nine', null) }), sale(5, { at: at(9), user: user('nine again', null) })],
      [sale(6, { at: at(7), user: user('seven', 'c7') })],
    ])
    expect(await query('SELECT name, country, first_seen, last_seen, updated_at FROM dim_customer')).toEqual([
      { name: 'nine again', country: null, first_seen: at(2), last_seen: at(9), updated_at: at(9) },
    ])
  })

  test('a member that is known by its key alone gets its columns later, and a reference by the key does not take them', async () => {
    const { facts } = shopIn()
    await writeRanges(facts.refund, Refund, [[refund(1)]])
    expect(await query('SELECT customer_id, name, updated_at FROM dim_customer')).toEqual([{ customer_id: 1, name: null, updated_at: null }])
    const user = { id: 1, name: 'Ada', country: 'GB' }
    await writeRanges(facts.sale, Sale, [[sale(1, { user, at: new Date(0) })]])
    await writeRanges(facts.refund, Refund, [[refund(6)]], { first: 1 })
    expect(await query('SELECT customer_id, name, country, updated_at FROM dim_customer')).toEqual([
      { customer_id: 1, name: 'Ada', country: 'GB', updated_at: new Date(0) },
    ])
  })

  test('a row without a key for a dimension has NULL there, and makes no member', async () => {
    const { facts } = shopIn()
    await writeRanges(facts.sale, Sale, [[sale(1, { user: null, product_id: null, shipped_at: null })]])
    expect(await query('SELECT customer_id, product_id, shipped_on FROM fact_sale')).toEqual([
      { customer_id: null, product_id: null, shipped_on: null },
    ])
    expect([await query('SELECT * FROM dim_customer'), await query('SELECT * FROM dim_product')]).toEqual([[], []])
    expect(await query(`SELECT ${text('date_key')} AS day FROM dim_day ORDER BY 1`)).toHaveLength(2)
  })

  test('of rows with one key the newest stays, in whatever order they come', async () => {
    const { facts } = shopIn()
    const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour))
    await writeRanges(facts.sale, Sale, [
      [sale(1, { at: at(5), quantity: 5 }), sale(1, { at: at(3), quantity: 3 })],
      [sale(1, { at: at(4), quantity: 4 })],
      [sale(1, { at: at(6), quantity: 6, product_id: 'new' })],
    ])
    expect(await query('SELECT at, quantity, product_id FROM fact_sale')).toEqual([{ at: at(6), quantity: 6, product_id: 'new' }])
  })

  test('of windows the highest revision stays, or each of them', async () => {
    const windows = (revisions: 'last' | 'all') => {
      const { facts } = starSchema({
        database: database(),
        dimensions: { country: { key: 'country' } },
        facts: {
          hourly: { schema: Hourly, table: `fact_${revisions}`, key: ['window_start', 'country'], refers: { country: 'country' }, revisions },
        },
      })
      const row = (revision: number, sales: number): RowOf<typeof Hourly> => ({
        window_start: new Date(0),
        window_end: new Date(3_600_000),
        country: 'GB',
        sales,
        revision,
      })
      return writeRanges(facts.hourly, Hourly, [[row(0, 10), row(2, 12)], [row(1, 11)]])
    }
    await windows('last')
    await windows('all')
    const last = await query('SELECT sales, snapshot_version FROM fact_last')
    expect(last.map(({ sales, snapshot_version }) => [Number(sales), snapshot_version])).toEqual([[12, 2]])
    const all = await query('SELECT sales, snapshot_version FROM fact_all ORDER BY snapshot_version')
    expect(all.map(({ sales, snapshot_version }) => [Number(sales), snapshot_version])).toEqual([
      [10, 0],
      [11, 1],
      [12, 2],
    ])
  })

  test('rows without a key are all added, each once', async () => {
    const { facts } = starSchema({
      database: database(),
      dimensions: { product: { key: 'product_id' } },
      facts: { sale: { schema: Sale, refers: { product: 'product_id' }, columns: ['quantity'] } },
    })
    await writeRanges(facts.sale, Sale, [[sale(1), sale(1)], [sale(1)]])
    const rows = await query(`SELECT product_id, quantity, ${text('snapshot_date')} AS day, snapshot_version FROM fact_sale`)
    expect(rows).toEqual([1, 2, 3].map(() => ({ product_id: 'p1', quantity: 1, day: '2026-01-30', snapshot_version: 2 })))
  })

  test('a path that is longer than a name can be is stored all the same', async () => {
    const deep = 'a_member_with_a_rather_long_name'
    const Deep = defineSchema(z.object({ at: instant(), [deep]: z.object({ [deep]: z.object({ n: z.int() }) }) }), {
      name: 'deep',
      time: 'at' as never,
    })
    const path = `${deep}.${deep}.n`
    const { facts } = starSchema({
      database: database(),
      dimensions: { n: { key: 'n' } },
      facts: { deep: { schema: Deep, refers: { n: path as never }, columns: [] } },
    })
    await writeRanges(facts.deep as Sink<unknown>, Deep, [[{ at: new Date(0), [deep]: { [deep]: { n: 7 } } } as never]])
    expect((await query('SELECT n FROM fact_deep')).map(({ n }) => Number(n))).toEqual([7])
  })

  test('a new log that overwrites replaces the facts, and dimensions stay', async () => {
    await writeRanges(shopIn().facts.sale, Sale, [[sale(1), sale(2)]])
    await expect(begin(shopIn().facts.sale, 'log2')).rejects.toMatchObject({ code: 'TARGET_OWNED' })
    await writeRanges(shopIn('overwrite').facts.sale, Sale, [[sale(3)]], { logId: 'log2' })
    expect(await query('SELECT sale_id FROM fact_sale')).toEqual([{ sale_id: 's3' }])
    expect(await query('SELECT customer_id FROM dim_customer')).toHaveLength(3)
  })

  test('a start that is refused claims nothing and makes no table of the star', async () => {
    const { facts } = shopIn()
    const Other = Sale.extend('other', { vip: z.boolean() })
    await expect(facts.sale.check?.(Other, 'f')).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH', message: expect.stringContaining('"vip"') })
    await query('CREATE TABLE dim_product (product_id INT NOT NULL PRIMARY KEY)')
    await expect(facts.sale.check?.(Sale, 'f')).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      message: expect.stringMatching(/dim_product cannot take the rows: its column "product_id" is int.*ALTER TABLE/),
    })
    expect((await own.tables()).filter((name) => !name.startsWith('_tickets_rows_'))).toEqual(['dim_product'])
  })

  test('a fact that was dropped since its log wrote to it is not created again', async () => {
    await writeRanges(shopIn().facts.sale, Sale, [[sale(1)]])
    await query('DROP TABLE fact_sale')
    await expect(begin(shopIn().facts.sale)).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      message: expect.stringContaining('was dropped since this log wrote to it'),
    })
    await writeRanges(shopIn('overwrite').facts.sale, Sale, [[sale(2)]], { logId: 'log2' })
    expect(await query('SELECT sale_id FROM fact_sale')).toEqual([{ sale_id: 's2' }])
  })
})
