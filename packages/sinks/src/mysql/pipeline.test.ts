import { assignTeam, count, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { memoryLog, memorySource, quickClock } from '@tickets/core/testing'
import { warehouse } from '@tickets/sinks/mysql'
import { describe, test } from 'vitest'
import { buryMysql, ownDatabase } from '../../test/mysql-helpers.ts'
import { partitions, someCrashes } from '../../test/some-crashes.ts'

const database = await ownDatabase('pipelines into MySQL')
const url = database?.url ?? ''
const query = (sql: string) => database?.query(sql) ?? Promise.reject(new Error('no database'))

const minute = tumbling({ size: '1 minute' })

/** A process that is dead holds no connection; those that a crash leaves open here are ended from the server's side. */
const bury = () => buryMysql(query)

describe.skipIf(!database)('a pipeline that crashes anywhere', () => {
  test('leaves each ticket once in the warehouse, with its client and its day', async () => {
    await someCrashes({
      world: async () => {
        await bury()
        const { tickets, byType } = warehouse({ url, mode: 'overwrite' })
        await query('DELETE FROM dim_client').catch(() => {})
        const rows = async (sql: string) => ({ rows: await query(sql).catch(() => []) })
        return {
          source: memorySource({ schema: Ticket, partitions: partitions(), chunk: 2 }),
          log: memoryLog(),
          sinks: { tickets, byType },
          outputs: async () => ({
            tickets: await rows('SELECT * FROM fact_ticket JOIN dim_date ON date_key = snapshot_date'),
            clients: await rows('SELECT client_id FROM dim_client'),
            byType: await rows('SELECT f.*, snapshot_version AS revision FROM fact_tickets_by_type f'),
          }),
          leftBehind: async () =>
            (await query("SELECT n FROM _tickets_staged WHERE table_name LIKE 'fact%'").catch(() => [])).map(({ n }) => `range ${n}`),
        }
      },
      pipeline: ({ source, log, sinks }) =>
        pipeline({
          name: 'warehouse',
          source,
          log,
          clock: quickClock,
          range: { rows: 2 },
          flows: (t) => ({
            tickets: t.pipe(assignTeam(), into(sinks.tickets)),
            byType: t.pipe(windowed(minute, { by: 'request_type', aggregate: { tickets: count() } }), into(sinks.byType)),
          }),
        }),
    })
  }, 300_000)
})
