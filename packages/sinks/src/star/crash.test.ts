import { into, mapRows, pipeline } from '@tickets/core'
import { memoryLog, memorySource, messagesOf, quickClock } from '@tickets/core/testing'
import { describe, test } from 'vitest'
import { someCrashes } from '../../test/some-crashes.ts'
import { Refund, Sale, sale, shop } from '../../test/star.ts'
import { emptyDatabase, starDatabases } from '../../test/star-database.ts'
import { starSchema } from './star-schema.ts'

const databases = await starDatabases('star schemas that crash')
const partitions = () => [messagesOf([0, 3, 1, 4].map((i) => sale(i))), messagesOf([2, 6, 5].map((i) => sale(i)))]
const SALES = 7
const user = ({ user: one }: Sale) => one?.id ?? 4

describe.each(databases)('a star schema in $what whose pipeline crashes anywhere', (own) => {
  const { database, query, text, bury } = own
  const rows = async (sql: string) => ({ rows: await query(sql).catch(() => []) })

  test('holds each row of both facts once, the newest of each member, and every day', async () => {
    await someCrashes({
      world: async () => {
        await bury()
        await emptyDatabase(own)
        return {
          source: memorySource({ schema: Sale, partitions: partitions(), chunk: 2 }),
          log: memoryLog(),
          sinks: starSchema({ database: database(), ...shop }).facts,
          outputs: async () => {
            const [sales, refunds] = [await rows('SELECT * FROM fact_sale'), await rows('SELECT * FROM fact_refund')]
            const isDone = sales.rows.length === SALES && refunds.rows.length === SALES
            return {
              sales,
              refunds,
              members: await rows('SELECT customer_id FROM dim_customer'),
              products: await rows('SELECT * FROM dim_product'),
              days: await rows(`SELECT ${text('date_key')} AS day, day_name FROM dim_day`),
              // Their columns change until the last row is there.
              customers: isDone ? await rows('SELECT * FROM dim_customer') : { rows: [] },
            }
          },
          leftBehind: async () => (await query('SELECT table_name, n FROM _tickets_staged').catch(() => [])).map((row) => JSON.stringify(row)),
        }
      },
      pipeline: ({ source, log, sinks }) =>
        pipeline({
          name: 'shop',
          source,
          log,
          clock: quickClock,
          range: { rows: 2 },
          flows: (sales) => ({
            sales: sales.pipe(into(sinks.sale)),
            refunds: sales.pipe(
              mapRows(Refund, (row) => ({ refund_id: row.quantity, at: row.at, user_id: user(row), product_id: 'p9' as const, amount: '1.50' })),
              into(sinks.refund),
            ),
          }),
        }),
    })
  }, 600_000)
})
