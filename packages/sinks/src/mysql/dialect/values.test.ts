import { setTimeout as sleep } from 'node:timers/promises'
import { Batch, count, defineSchema, generator, instant, into, mapRows, pipeline, type Sink, Ticket, tumbling, windowed } from '@tickets/core'
import { memoryLog, memorySource, messagesOf } from '@tickets/core/testing'
import { mysqlSink } from '@tickets/sinks/mysql'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { range } from '../../../test/helpers.ts'
import { newTable, ownDatabase } from '../../../test/mysql-helpers.ts'

const database = await ownDatabase('values that a table refuses')
const url = database?.url ?? ''
const query = (sql: string) => database?.query(sql) ?? Promise.reject(new Error('no database'))

const quiet = { handleSignals: false }
const tickets = 40

/** A table for tickets, with something of the user's own that refuses rows. */
async function tableWith(columns: string, more = ''): Promise<string> {
  const table = newTable('refusing')
  const text = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin'
  await query(
    `CREATE TABLE \`${table}\` (ticket_id VARCHAR(255) ${text} NOT NULL, client_id LONGTEXT NOT NULL, created_at DATETIME(3) NOT NULL, request LONGTEXT NOT NULL, request_type VARCHAR(255) NOT NULL, priority VARCHAR(255) NOT NULL${columns}) ENGINE = InnoDB DEFAULT CHARSET utf8mb4 ${more}`,
  )
  return table
}

const ticketOf = (minute: number): Ticket => ({
  ticket_id: `0191a000-0000-7000-8000-00000000000${minute}`,
  client_id: 'CLIENT_1000',
  created_at: new Date(Date.parse('2026-11-21T12:00:00.000Z') + minute * 60_000),
  request: 'help',
  request_type: 'billing',
  priority: 'low',
})

const Type = defineSchema(z.object({ request_type: z.string(), seen_at: instant() }), { name: 'type', time: 'seen_at' })
interface Type {
  request_type: string
  seen_at: Date
}

const countOf = async (table: string) => Number((await query(`SELECT COUNT(*) AS n FROM \`${table}\``))[0]?.n)

const makers: Record<string, () => Promise<string>> = {
  'a CHECK': () => tableWith(`, CHECK (request_type <> 'billing')`),
  'a trigger': async () => {
    const table = await tableWith('')
    await query(
      `CREATE TRIGGER \`${table}_t\` BEFORE INSERT ON \`${table}\` FOR EACH ROW IF NEW.request_type = 'billing' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no billing here'; END IF`,
    )
    return table
  },
  partitions: () => tableWith('', `PARTITION BY LIST COLUMNS (request_type) (PARTITION p0 VALUES IN ('technical', 'account', 'general'))`),
  'a computed column': () => tableWith(`, code INT AS (IF(request_type = 'billing', 1 DIV 0, 1)) STORED`),
}

describe.skipIf(!database)('3.14 a row that the table refuses is found before its range is recorded', () => {
  test.each(Object.keys(makers))('%s; the advice works', async (what) => {
    const table = await (makers[what] as () => Promise<string>)()
    const log = memoryLog()
    const run = (billing: string) =>
      pipeline({
        name: 'refused',
        source: generator({ tickets, seed: 3 }),
        log,
        retries: 0,
        flows: (rows) => ({
          all: rows.pipe(
            mapRows(Ticket, (row) => ({
              ...row,
              request_type: row.request_type === 'billing' ? (billing as typeof row.request_type) : row.request_type,
            })),
            into(mysqlSink<Ticket>({ url, table })),
          ),
        }),
      }).run(quiet)
    await expect(run('billing')).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: false, message: expect.stringContaining('mapRows') })
    // Record 0 gives the table its columns and has no rows.
    const rows = [...log.records.values()].flatMap((records) => [...records.values()]).map(({ files }) => files.all?.rows)
    expect(rows).toEqual([0])
    await run('general')
    expect(await countOf(table)).toBe(tickets)
  })

  test('foreign keys are left to publishing, and hold there again', async () => {
    const parent = newTable('parent')
    await query(`CREATE TABLE \`${parent}\` (name VARCHAR(255) PRIMARY KEY) ENGINE = InnoDB DEFAULT CHARSET utf8mb4`)
    const table = await tableWith(`, CHECK (priority <> ''), FOREIGN KEY (request_type) REFERENCES \`${parent}\` (name)`)
    const sink = mysqlSink<Ticket>({ url, table, retryFor: 300 })
    await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
    const writer = await sink.open({ logId: 'log1', task: 'tickets-0', flow: 'all' }, Ticket)
    await writer.write(Batch.of(Ticket, [ticketOf(0)]))
    const staged = await writer.stage(0, 'a', range(0, 1))
    if (!staged) throw new Error('nothing was staged')
    await expect(writer.publish(staged)).rejects.toMatchObject({ retryable: true, message: expect.stringContaining('insert that row') })
    await query(`INSERT INTO \`${parent}\` VALUES ('billing')`)
    await writer.publish(staged)
    await writer.close()
    expect(await countOf(table)).toBe(1)
  })
})

describe.skipIf(!database)('foreign keys between flows', () => {
  test('a merge that publishes windows before the rows that they refer to waits for them', async () => {
    const [types, windows] = [newTable('types'), newTable('windows')]
    const text = 'VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL'
    await query(`CREATE TABLE \`${types}\` (request_type ${text} PRIMARY KEY, seen_at DATETIME(3) NOT NULL) ENGINE = InnoDB`)
    await query(
      `CREATE TABLE \`${windows}\` (window_start DATETIME(3) NOT NULL, window_end DATETIME(3) NOT NULL, request_type ${text}, tickets BIGINT NOT NULL, revision INT NOT NULL, is_final TINYINT NOT NULL DEFAULT 1, PRIMARY KEY (window_start, window_end, request_type), FOREIGN KEY (request_type) REFERENCES \`${types}\` (request_type)) ENGINE = InnoDB`,
    )
    const dimension = mysqlSink<Type>({ url, table: types, key: 'request_type' })
    const seen: number[] = []
    const minutes = [0, 1, 2, 3]
    /** Publishes some time after its record, so that the merge comes first. */
    const slow: Sink<Type> = {
      ...dimension,
      async open(task, schema) {
        const writer = await dimension.open(task, schema)
        return {
          write: (batch) => writer.write(batch),
          stage: (n, attempt, of) => writer.stage(n, attempt, of),
          async publish(staged) {
            await sleep(1500)
            seen.push(await countOf(windows))
            await writer.publish(staged)
          },
          sweep: (head) => writer.sweep(head),
          close: () => writer.close(),
        }
      },
    }
    const { how } = await pipeline({
      name: 'dimensions',
      // One range that closes its first windows by itself.
      source: memorySource({ schema: Ticket, partitions: [messagesOf(minutes.map(ticketOf).map((row) => JSON.stringify(row)))], until: 'now' }),
      log: memoryLog(),
      flows: (rows) => ({
        types: rows.pipe(
          mapRows(Type, ({ request_type, created_at }) => ({ request_type, seen_at: created_at })),
          into(slow),
        ),
        windows: rows.pipe(
          windowed(tumbling({ size: '1 minute' }), { by: 'request_type', aggregate: { tickets: count() } }),
          into(mysqlSink({ url, table: windows })),
        ),
      }),
    }).run(quiet)
    expect([how, seen[0]]).toEqual(['done', 0])
    const [sum] = await query(`SELECT SUM(tickets) AS n FROM \`${windows}\``)
    expect(Number(sum?.n)).toBe(minutes.length)
  })
})
