import { assignTeam, count, countDistinct, generator, into, pipeline, ticketMetrics, tumbling, windowed } from '@tickets/core'
import { memoryLog } from '@tickets/core/testing'
import { warehouse } from '@tickets/sinks/mysql'
import { describe, expect, test } from 'vitest'
import { ownDatabase } from '../../../test/mysql-helpers.ts'

const database = await ownDatabase('the warehouse')
const url = database?.url ?? ''
const query = (sql: string) => database?.query(sql) ?? Promise.reject(new Error('no database'))
const one = async (sql: string) => (await query(sql))[0]

const hour = tumbling({ size: '1 hour' })
const aggregate = { tickets: count(), clients: countDistinct('client_id') }

const run = (log = memoryLog(), tickets = 5000) => {
  const { tickets: facts, byType, byPriority, metrics } = warehouse({ url, mode: 'overwrite' })
  return pipeline({
    name: 'warehouse',
    source: generator({ tickets, seed: 7, partitions: 2 }),
    log,
    range: { rows: 700 },
    flows: (t) => ({
      tickets: t.pipe(assignTeam(), into(facts)),
      by_type: t.pipe(windowed(hour, { by: 'request_type', aggregate }), into(byType)),
      by_priority: t.pipe(windowed(hour, { by: 'priority', aggregate }), into(byPriority)),
      metrics: t.pipe(ticketMetrics(hour), into(metrics)),
    }),
  }).run({ handleSignals: false })
}

describe.skipIf(!database)('the warehouse', () => {
  test('holds each ticket once, with its dimensions, and windows that add up', async () => {
    const log = memoryLog()
    expect(await run(log)).toMatchObject({ rows: 5000, how: 'done' })
    expect(await one('SELECT COUNT(*) AS n, COUNT(DISTINCT ticket_id) AS ids FROM fact_ticket')).toEqual({ n: 5000, ids: 5000 })
    expect(await run(log)).toMatchObject({ rows: 0 })
    expect(await one('SELECT COUNT(*) AS n FROM fact_ticket')).toEqual({ n: 5000 })
  })
})
