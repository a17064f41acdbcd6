import { assignTeam, count, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { memoryLog, memorySource, messagesOf, quickClock } from '@tickets/core/testing'
import { mysqlSink, warehouse } from '@tickets/sinks/mysql'
import { describe, test } from 'vitest'
import { buryMysql, newTable, ownDatabase } from '../../test/mysql-helpers.ts'
import { someCrashes } from '../../test/some-crashes.ts'

const database = await ownDatabase('pipelines into MySQL')
const url = database?.url ?? ''
const query = (sql: string) => database?.query(sql) ?? Promise.reject(new Error('no database'))

const ticket = (i: number): Ticket => ({
  ticket_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  client_id: `CLIENT_${1000 + (i % 3)}`,
  created_at: new Date(Date.UTC(2026, 10, 21, 12, 0, 20 * i)),
  request: `request ${i}`,
  request_type: i % 2 ? 'billing' : 'technical',
  priority: 'high',
})
const partitions = () => [messagesOf([0, 1, 3, 4].map(ticket)), messagesOf([2, 5, 6].map(ticket))]
const minute = tumbling({ size: '1 minute' })

/** A process that is dead holds no connection; those that a crash leaves open here are ended from the server's side. */
const bury = () => buryMysql(query)

describe.skipIf(!database)('a pipeline that crashes anywhere', () => {
  test('leaves each row once in a table without a key, and each window once in one with', async () => {
    await someCrashes({
      world: async () => {
        await bury()
        const [all, windows] = [newTable('all'), newTable('windows')]
        const rows = async (table: string) => ({ rows: (await database?.rows(table)) ?? [] })
        return {
          source: memorySource({ schema: Ticket, partitions: partitions(), chunk: 2 }),
          log: memoryLog(),
          sinks: {
            all: mysqlSink<Ticket>({ url, table: all }),
            windows: mysqlSink<{ n: number }>({ url, table: windows }),
          },
          outputs: async () => ({ all: await rows(all), windows: await rows(windows) }),
          leftBehind: async () =>
            (await query(`SELECT n FROM _tickets_staged WHERE table_name IN ('${all}', '${windows}')`).catch(() => [])).map(({ n }) => `range ${n}`),
        }
      },
      pipeline: ({ source, log, sinks }) =>
        pipeline({
          name: 'tables',
          source,
          log,
          clock: quickClock,
          range: { rows: 2 },
          flows: (t) => ({
            all: t.pipe(into(sinks.all)),
            windows: t.pipe(windowed(minute, { by: 'request_type', aggregate: { n: count() } }), into(sinks.windows)),
          }),
        }),
    })
  }, 300_000)

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
