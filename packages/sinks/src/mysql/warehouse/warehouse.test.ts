import {
  assignTeam,
  Batch,
  count,
  countDistinct,
  defineSchema,
  generator,
  instant,
  into,
  pipeline,
  type Schema,
  Ticket,
  ticketMetrics,
  tumbling,
  windowed,
} from '@tickets/core'
import { memoryLog } from '@tickets/core/testing'
import { warehouse } from '@tickets/sinks/mysql'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { ownDatabase } from '../../../test/mysql-helpers.ts'

const database = await ownDatabase('the warehouse')
const url = database?.url ?? ''
const query = (sql: string) => database?.query(sql) ?? Promise.reject(new Error('no database'))
/** The numbers of the first row: decimals come as text. */
const numbers = async (sql: string) => Object.values((await query(sql))[0] ?? {}).map(Number)

const hour = tumbling({ size: '1 hour' })
const aggregate = { tickets: count(), clients: countDistinct('client_id') }

const run = (log = memoryLog()) => {
  const { tickets, byType, byPriority, metrics } = warehouse({ url, mode: 'overwrite' })
  return pipeline({
    name: 'warehouse',
    source: generator({ tickets: 4000, seed: 7, partitions: 2 }),
    log,
    range: { rows: 700 },
    flows: (t) => ({
      tickets: t.pipe(assignTeam(), into(tickets)),
      by_type: t.pipe(windowed(hour, { by: 'request_type', aggregate }), into(byType)),
      by_priority: t.pipe(windowed(hour, { by: 'priority', aggregate }), into(byPriority)),
      metrics: t.pipe(ticketMetrics(hour), into(metrics)),
    }),
  }).run({ handleSignals: false })
}

describe.skipIf(!database)('the warehouse', () => {
  test('holds each ticket once with its dimensions, and windows that add up to the tickets; a second run changes nothing', async () => {
    const log = memoryLog()
    expect(await run(log)).toMatchObject({ rows: 4000, how: 'done' })
    const all = async () => ({
      tickets: await numbers('SELECT COUNT(*) AS n, COUNT(DISTINCT ticket_id) AS ids, SUM(team IS NULL) AS lost FROM fact_ticket'),
      clients: await numbers('SELECT (SELECT COUNT(*) FROM dim_client) AS a, (SELECT COUNT(DISTINCT client_id) FROM fact_ticket) AS b'),
      byType: await numbers('SELECT SUM(tickets) AS n FROM v_tickets_by_type'),
      byPriority: await numbers('SELECT SUM(tickets) AS n FROM v_tickets_by_priority'),
      metrics: await numbers(
        'SELECT SUM(total_tickets) AS a, SUM(billing_count + technical_count + account_count + general_count) AS b FROM v_metrics',
      ),
    })
    const found = await all()
    expect(found).toMatchObject({ tickets: [4000, 4000, 0], byType: [4000], byPriority: [4000], metrics: [4000, 4000] })
    expect(found.clients[0]).toBe(found.clients[1])
    // What one flow counted, the other's rows give too.
    const wrong = await query(
      `SELECT w.window_start FROM v_tickets_by_type w LEFT JOIN
       (SELECT request_type, snapshot_date, HOUR(created_at) AS h, COUNT(*) AS n, COUNT(DISTINCT client_id) AS c FROM fact_ticket GROUP BY 1, 2, 3) t
       ON t.request_type = w.request_type AND t.snapshot_date = w.snapshot_date AND t.h = HOUR(w.window_start)
       WHERE NOT (t.n <=> w.tickets AND t.c <=> w.clients)`,
    )
    expect(wrong).toEqual([])
    expect(await run(log)).toMatchObject({ rows: 0 })
    expect(await all()).toEqual(found)
  })

  test('a new log that overwrites replaces the facts', async () => {
    await run()
    expect(await numbers('SELECT COUNT(*) AS n FROM fact_ticket')).toEqual([4000])
    expect(await numbers('SELECT SUM(tickets) AS n FROM v_tickets_by_type')).toEqual([4000])
    expect(await query('SELECT * FROM _tickets_staged')).toEqual([])
  })

  test('the days say what the calendar says, for years', async () => {
    const days = await query("SELECT *, DATE_FORMAT(date_key, '%Y-%m-%d') AS iso FROM dim_date ORDER BY date_key")
    expect(days.length).toBeGreaterThan(0)
    for (const day of days) {
      const date = new Date(`${day.iso}T00:00:00Z`)
      const name = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(date)
      expect([day.year, day.month, day.day, day.day_name]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), name])
      expect([day.day_of_week, day.is_weekend]).toEqual([date.getUTCDay() || 7, date.getUTCDay() % 6 === 0 ? 1 : 0])
    }
  })

  test('the views answer the usual questions', async () => {
    expect(await numbers('SELECT SUM(tickets) AS n FROM v_daily_volume_by_team')).toEqual([4000])
    expect(await numbers('SELECT SUM(tickets) AS n FROM v_hourly_volume')).toEqual([4000])
    const [critical, urgent] = await numbers("SELECT SUM(priority = 'critical') AS a, SUM(priority IN ('high', 'critical')) AS b FROM fact_ticket")
    expect(await numbers('SELECT SUM(critical) AS n, SUM(tickets) AS t FROM v_daily_critical_share')).toEqual([critical, 4000])
    expect(await numbers('SELECT COUNT(*) AS n FROM v_high_priority_tickets')).toEqual([urgent])
    const [repeated, direct] = await numbers(
      'SELECT (SELECT COUNT(*) FROM v_repeat_clients) AS a, (SELECT COUNT(*) FROM (SELECT client_id FROM fact_ticket GROUP BY client_id HAVING MAX(snapshot_date) > MIN(snapshot_date)) t) AS b',
    )
    expect(repeated).toBe(direct)
  })

  test('of a window the view has the last revision, the fact table each', async () => {
    await query(
      'INSERT INTO fact_tickets_by_type SELECT window_start, window_end, request_type, tickets + 1000, clients, snapshot_date, 1 FROM fact_tickets_by_type ORDER BY window_start, request_type LIMIT 1',
    )
    expect(await numbers('SELECT SUM(tickets) AS n, MAX(snapshot_version) AS v FROM v_tickets_by_type')).toEqual([5000, 1])
    expect((await numbers('SELECT SUM(tickets) AS n FROM fact_tickets_by_type'))[0]).toBeGreaterThan(5000)
  })

  test('the keys hold it together: a client that is renamed or forgotten is so in all tickets; a type that is used cannot go', async () => {
    const [{ client_id, n }] = (await query('SELECT client_id, COUNT(*) AS n FROM fact_ticket GROUP BY client_id ORDER BY n DESC LIMIT 1')) as [
      Record<string, unknown>,
    ]
    await query(`UPDATE dim_client SET client_id = 'renamed' WHERE client_id = '${client_id}'`)
    expect(await numbers("SELECT COUNT(*) AS n FROM fact_ticket WHERE client_id = 'renamed'")).toEqual([n])
    await query("DELETE FROM dim_client WHERE client_id = 'renamed'")
    expect(await numbers('SELECT COUNT(*) AS n FROM fact_ticket')).toEqual([4000 - Number(n)])
    await expect(query("DELETE FROM dim_request_type WHERE request_type = 'billing'")).rejects.toThrow(/foreign key/)
  })

  const Row = (more: z.ZodRawShape, time = 'created_at') =>
    defineSchema(z.object({ [time]: instant(), ...more }), { name: 'row', time: time as never }) as Schema<never>
  const ticket = { ticket_id: z.string(), client_id: z.string(), request: z.string(), request_type: z.string(), priority: z.string() }
  test.each([
    ['a column less', { ...ticket, priority: z.string().optional() }, /"priority" may be without a value/],
    ['no client', { ...ticket, client_id: z.int() }, /"client_id" is integer, and has to be string or enum/],
    ['a column more', { ...ticket, vip: z.boolean() }, /no place for its column "vip".*mysqlSink/],
  ])('rows with %s are refused before the first', async (_, shape, message) => {
    const { tickets } = warehouse({ url, mode: 'overwrite' })
    const log = { id: 'other', takesOver: true, remove: [] }
    await tickets.begin?.(log)
    const open = tickets.open({ logId: 'other', task: 't-0', flow: 'f' }, Row(shape))
    await expect(open).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH', message: expect.stringMatching(message) })
  })

  test('a ticket that comes twice is one row: the later one, in whatever order they come; a new type or team is a new member', async () => {
    const { tickets } = warehouse({ url, mode: 'overwrite' })
    await tickets.begin?.({ id: 'twice', takesOver: true, remove: [] })
    const Row = defineSchema(Ticket.zod as never, { name: 'ticket', version: 3, time: 'created_at' as never }).extend('more', {
      request_type: z.string(),
      assigned_team: z.string(),
    })
    const writer = await tickets.open({ logId: 'twice', task: 't-0', flow: 'f' }, Row as never)
    const row = (minute: number, request: string) => ({
      ticket_id: '00000000-0000-4000-8000-000000000001',
      client_id: 'CLIENT_1000',
      created_at: new Date(Date.UTC(2024, 1, 29, 23, minute)),
      request,
      request_type: 'new type',
      priority: 'low',
      assigned_team: 'new team',
    })
    const ranges = [[row(5, 'b')], [row(1, 'a')], [row(9, 'd'), row(7, 'c')], [row(2, 'a')]]
    for (const [n, rows] of ranges.entries()) {
      await writer.write(Batch.of(Row, rows as never) as never)
      await writer.publish((await writer.stage(n, 'a', { from: n, to: n + 1, empty: false })) as never)
    }
    await writer.close()
    const at = (minute: number) => new Date(Date.UTC(2024, 1, 29, 23, minute))
    expect(await query('SELECT request, created_at, request_type, team, snapshot_version FROM fact_ticket')).toEqual([
      { request: 'd', created_at: at(9), request_type: 'new type', team: 'new team', snapshot_version: 3 },
    ])
    expect(await query("SELECT first_ticket_at, last_ticket_at FROM dim_client WHERE client_id = 'CLIENT_1000'")).toEqual([
      { first_ticket_at: at(1), last_ticket_at: expect.any(Date) },
    ])
    expect(await query("SELECT iso_week, quarter, month_name, day_name FROM dim_date WHERE date_key = '2024-02-29'")).toEqual([
      { iso_week: 9, quarter: 1, month_name: 'February', day_name: 'Thursday' },
    ])
  })
})
