import { Batch, defineSchema, instant, type RowOf, type Staged } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { describeEach, ownDatabases } from '../../test/databases.ts'
import { range } from '../../test/helpers.ts'
import { newTable } from '../../test/mysql-helpers.ts'
import { canonical, Order, orderBatch, orders } from '../../test/nested.ts'

const databases = await ownDatabases('nested columns')

/** How another client reads each of them: days, decimals and bytes as text, and a member of JSON. */
const reading = {
  mysql: {
    columns: 'id, CAST(day AS CHAR) AS day, CAST(total AS CHAR) AS total, LOWER(HEX(`blob`)) AS hex, `any`, note, user, products, counts, payment',
    userId: "JSON_VALUE(user, '$.id')",
    types: { day: 'date', total: 'decimal', blob: 'longblob' },
    narrow: 'MODIFY total decimal(38,2) NULL',
  },
  postgres: {
    columns:
      'id, day::text AS day, total::text AS total, encode(blob, \'hex\') AS hex, "any"::text AS "any", note, "user"::text AS "user", products::text AS products, counts::text AS counts, payment::text AS payment',
    userId: '"user"->>\'id\'',
    types: { day: 'date', total: 'numeric', blob: 'bytea', user: 'jsonb', any: 'jsonb' },
    narrow: 'ALTER COLUMN total TYPE numeric(38,2)',
  },
}

describeEach(databases, 'nested columns in a table', ({ kind, query, quote, sink }) => {
  async function write(table: string, ranges: readonly Batch<Order>[], key?: string): Promise<void> {
    const made = sink<Order>({ table, ...(key ? { key: key as never } : {}) })
    const prepared = (await made.prepare?.({ id: 'log1' })) ?? { takesOver: false, remove: [] }
    await made.begin?.({ id: 'log1', ...prepared })
    const writer = await made.open({ logId: 'log1', task: 'orders-0', flow: 'all' }, Order)
    try {
      for (const [n, batch] of ranges.entries()) {
        await writer.write(batch)
        await writer.publish((await writer.stage(n, 'a', range(n, n + 1))) as Staged)
      }
    } finally {
      await writer.close()
    }
  }

  test('days, decimals and bytes are exact, and what is nested is JSON', async () => {
    const table = newTable()
    await write(table, [orderBatch()])
    const types = await query(`SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = '${table}'`)
    const typeOf = Object.fromEntries(types.map(({ name, type }) => [String(name), String(type)]))
    expect(typeOf).toMatchObject(reading[kind].types)
    const rows = await query(`SELECT ${reading[kind].columns} FROM ${table} ORDER BY at`)
    const json = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value)
    expect(rows.map(({ id, day, total, hex, note }) => [id, day, total, hex, note])).toEqual(
      orders.map((order) => {
        const { id, day, total, blob, note } = canonical(order)
        return [id, day, total, blob, note]
      }),
    )
    expect(rows.map((row) => [row.any, row.user, row.products, row.counts, row.payment].map(json))).toEqual(
      orders.map(({ any, user, products, counts, payment }) => JSON.parse(JSON.stringify([any, user, products, counts ?? null, payment]))),
    )
  })

  test('rows of the same key replace each other, whatever is nested in them', async () => {
    const table = newTable()
    const [first] = orders as [Order]
    await write(table, [Batch.of(Order, [first]), Batch.of(Order, [{ ...first, user: { id: 77, address: null } }])], 'id')
    const rows = await query(`SELECT ${reading[kind].userId} AS id FROM ${table}`)
    expect(rows.map(({ id }) => Number(id))).toEqual([77])
  })

  test('a table of its own columns is taken, and one whose decimals would round is refused', async () => {
    const table = newTable()
    await write(table, [orderBatch()])
    await write(table, [])
    await query(`ALTER TABLE ${table} ${reading[kind].narrow}`)
    await expect(write(table, [])).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      message: expect.stringContaining('which does not hold every decimal'),
    })
  })

  test('a column may be called by a path, as windows call theirs', async () => {
    const table = newTable()
    const Country = defineSchema(z.object({ at: instant(), 'user.country': z.string() }), { name: 'country', time: 'at' })
    const keyed = sink<RowOf<typeof Country>>({ table, key: 'user.country' })
    const prepared = (await keyed.prepare?.({ id: 'log1' })) ?? { takesOver: false, remove: [] }
    await keyed.begin?.({ id: 'log1', ...prepared })
    const writer = await keyed.open({ logId: 'log1', task: 'orders-0', flow: 'all' }, Country)
    await writer.write(
      Batch.of(
        Country,
        ['FR', 'DE', 'FR'].map((country) => ({ at: new Date(0), 'user.country': country })),
      ),
    )
    await writer.publish((await writer.stage(0, 'a', range(0, 3))) as Staged)
    await writer.close()
    expect((await query(`SELECT ${quote('user.country')} AS country FROM ${table} ORDER BY 1`)).map(({ country }) => country)).toEqual(['DE', 'FR'])
  })

  test.each(['user', 'products', 'any', 'blob'])('%s is no key', async (key) => {
    await expect(write(newTable(), [], key)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('by which rows cannot be told apart'),
    })
  })
})
