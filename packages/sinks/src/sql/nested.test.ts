import { Batch, defineSchema, instant, type RowOf, type Staged } from '@tickets/core'
import { mysqlSink } from '@tickets/sinks/mysql'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { range } from '../../test/helpers.ts'
import { newTable, ownDatabase } from '../../test/mysql-helpers.ts'
import { canonical, Order, orderBatch, orders } from '../../test/nested.ts'

const database = await ownDatabase('nested columns in MySQL')
const url = database?.url ?? ''
const query = (sql: string) => database?.query(sql) ?? Promise.reject(new Error('no database'))

async function write(table: string, ranges: readonly Batch<Order>[], key?: string): Promise<void> {
  const sink = mysqlSink<Order>({ url, table, ...(key ? { key: key as never } : {}) })
  const prepared = (await sink.prepare?.({ id: 'log1' })) ?? { takesOver: false, remove: [] }
  await sink.begin?.({ id: 'log1', ...prepared })
  const writer = await sink.open({ logId: 'log1', task: 'orders-0', flow: 'all' }, Order)
  try {
    for (const [n, batch] of ranges.entries()) {
      await writer.write(batch)
      await writer.publish((await writer.stage(n, 'a', range(n, n + 1))) as Staged)
    }
  } finally {
    await writer.close()
  }
}

describe.skipIf(!database)('nested columns in a table', () => {
  test('days, decimals and bytes are exact, and what is nested is JSON', async () => {
    const table = newTable()
    await write(table, [orderBatch()])
    const types = await query(`SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = '${table}'`)
    const typeOf = Object.fromEntries(types.map(({ name, type }) => [String(name), String(type)]))
    expect(typeOf).toMatchObject({ day: 'date', total: 'decimal', blob: 'longblob' })
    const rows = await query(
      `SELECT id, CAST(day AS CHAR) AS day, CAST(total AS CHAR) AS total, HEX(\`blob\`) AS hex, \`any\`, note, user, products, counts, payment FROM \`${table}\` ORDER BY at`,
    )
    const json = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value)
    expect(rows.map(({ id, day, total, hex, note }) => [id, day, total, hex === null ? null : String(hex).toLowerCase(), note])).toEqual(
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
    const rows = await query(`SELECT JSON_VALUE(user, '$.id') AS user FROM \`${table}\``)
    expect(rows.map(({ user }) => Number(user))).toEqual([77])
  })

  test('a table of its own columns is taken, and one whose decimals would round is refused', async () => {
    const table = newTable()
    await write(table, [orderBatch()])
    await write(table, [])
    await query(`ALTER TABLE \`${table}\` MODIFY total decimal(38,2) NULL`)
    await expect(write(table, [])).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      message: expect.stringContaining('which does not hold every decimal'),
    })
  })

  test('a column may be called by a path, as windows call theirs', async () => {
    const table = newTable()
    const Country = defineSchema(z.object({ at: instant(), 'user.country': z.string() }), { name: 'country', time: 'at' })
    const sink = mysqlSink<RowOf<typeof Country>>({ url, table, key: 'user.country' })
    const prepared = (await sink.prepare?.({ id: 'log1' })) ?? { takesOver: false, remove: [] }
    await sink.begin?.({ id: 'log1', ...prepared })
    const writer = await sink.open({ logId: 'log1', task: 'orders-0', flow: 'all' }, Country)
    await writer.write(
      Batch.of(
        Country,
        ['FR', 'DE', 'FR'].map((country) => ({ at: new Date(0), 'user.country': country })),
      ),
    )
    await writer.publish((await writer.stage(0, 'a', range(0, 3))) as Staged)
    await writer.close()
    expect((await query(`SELECT \`user.country\` AS country FROM \`${table}\` ORDER BY 1`)).map(({ country }) => country)).toEqual(['DE', 'FR'])
  })

  test.each(['user', 'products', 'any', 'blob'])('%s is no key', async (key) => {
    await expect(write(newTable(), [], key)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('by which rows cannot be told apart'),
    })
  })
})
