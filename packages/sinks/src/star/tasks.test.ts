import { beforeEach, describe, expect, test } from 'vitest'
import { Refund, refund, Sale, sale, shop } from '../../test/star.ts'
import { emptyDatabase, starDatabases, writeRanges } from '../../test/star-database.ts'
import { starSchema } from './star-schema.ts'

const databases = await starDatabases('star schemas of several tasks')

describe.each(databases)('tasks that write to one star schema in $what at the same time', (own) => {
  const { database, query } = own
  beforeEach(() => emptyDatabase(own))

  test('share its members: none fails, and each member is as its newest row says', async () => {
    const [tasks, ranges, perRange] = [4, 6, 15]
    // Each task sees the same customers, in another order, and some of its rows are newer than those of the others.
    const rows = (task: number, range: number) =>
      Array.from({ length: perRange }, (_, row) => {
        const i = (range * perRange + row) * tasks + task
        const customer = (row * (task + 2) + range) % 11
        return sale(i, {
          at: new Date(Date.UTC(2026, 0, 1) + ((i * 7919) % 10_007) * 1000),
          user: { id: customer, name: `name ${i}`, country: null },
          product_id: `p${(row * (task + 3)) % 7}`,
        })
      })
    const written = Array.from({ length: tasks }, (_, task) => Array.from({ length: ranges }, (__, range) => rows(task, range)))
    await starSchema({ database: database(), ...shop }).migrate()
    await Promise.all([
      ...written.map((mine, task) => writeRanges(starSchema({ database: database(), ...shop }).facts.sale, Sale, mine, { task: `t-${task}` })),
      ...[0, 1].map((task) => {
        const mine = Array.from({ length: ranges }, (_, range) => Array.from({ length: 10 }, (__, row) => refund((range * 10 + row) * 2 + task)))
        return writeRanges(starSchema({ database: database(), ...shop }).facts.refund, Refund, mine, { task: `r-${task}` })
      }),
    ])
    const sales = written.flat(2)
    const newest = new Map<number, Sale>()
    for (const row of [...sales].sort((a, b) => a.at.getTime() - b.at.getTime())) newest.set(row.user?.id ?? -1, row)
    const customers = await query('SELECT customer_id, name, updated_at FROM dim_customer WHERE name IS NOT NULL ORDER BY customer_id')
    expect(customers.map(({ customer_id, name, updated_at }) => [Number(customer_id), name, updated_at])).toEqual(
      [...newest].sort(([a], [b]) => a - b).map(([id, { user, at }]) => [id, user?.name, at]),
    )
    const counts = async (sql: string) => Number((await query(sql))[0]?.n)
    expect(await counts('SELECT COUNT(*) AS n FROM fact_sale')).toBe(sales.length)
    expect(await counts('SELECT COUNT(*) AS n FROM fact_refund')).toBe(2 * ranges * 10)
    expect(await counts('SELECT COUNT(*) AS n FROM _tickets_staged')).toBe(0)
  })
})
