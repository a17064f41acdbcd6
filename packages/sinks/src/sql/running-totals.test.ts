import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Batch, count, defineSchema, instant, into, last, max, pipeline, type RowOf, runningTotals, type Sink, sum } from '@tickets/core'
import { memoryLog, memorySource, messagesOf, quickClock } from '@tickets/core/testing'
import { parquetSink } from '@tickets/sinks'
import type { Observable } from 'rxjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { describeEach, ownDatabases } from '../../test/databases.ts'
import { newTable } from '../../test/mysql-helpers.ts'
import { someCrashes } from '../../test/some-crashes.ts'

const databases = await ownDatabases('running totals')
const Sale = defineSchema(z.object({ shop: z.string(), at: instant(), units: z.int().nullable(), label: z.string() }), { name: 'sale', time: 'at' })
type Sales = Observable<Batch<RowOf<typeof Sale>>>

const sale = (partition: number, i: number) => ({
  shop: `shop ${partition}-${(i * 7) % 4}`,
  at: new Date(Date.UTC(2026, 10, 21, 12, 0, (i * 37) % 60)).toISOString(),
  units: i % 5 === 0 ? null : i,
  label: `label ${i}`,
})
const partitions = (rows: number) => [0, 1].map((partition) => Array.from({ length: rows }, (_, i) => sale(partition, i)))

const totals = (sales: Sales) =>
  sales.pipe(runningTotals({ by: 'shop', aggregate: { n: count(), units: sum('units'), most: max('units'), label: last('label') } }))

/** `GROUP BY` over the rows, which DuckDB reads as they stand in the messages. */
const GROUPED = `SELECT shop, count(*)::INT AS n, coalesce(sum(units), 0)::INT AS units, max(units)::INT AS most,
  arg_max(label, ("at", position)) AS label, epoch_ms(max("at"))::DOUBLE AS updated FROM rows GROUP BY shop ORDER BY shop`

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'totals-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function duckdb(rows: readonly (readonly object[])[], sql: string): Promise<unknown> {
  const path = join(folder, 'rows.jsonl')
  await writeFile(path, rows.flatMap((some) => some.map((row, position) => `${JSON.stringify({ ...row, position })}\n`)).join(''))
  const connection = await (await DuckDBInstance.create()).connect()
  const from = `read_json('${path}', columns = {shop: 'VARCHAR', "at": 'TIMESTAMP', units: 'BIGINT', label: 'VARCHAR', position: 'BIGINT'})`
  await connection.run(`CREATE VIEW rows AS SELECT * FROM ${from}`)
  return (await connection.runAndReadAll(sql)).getRowObjectsJson()
}

describeEach(databases, 'running totals in a table', (database) => {
  test('are GROUP BY of the rows, wherever the pipeline crashes', async () => {
    const rows = partitions(5)
    const expected = (await duckdb(rows, GROUPED)) as object[]
    let most = 0
    const plain = (found: readonly Record<string, unknown>[] | null) =>
      (found ?? [])
        .map(({ shop, n, units, most, label, updated_at }) => ({
          ...{ shop, n: Number(n), units: Number(units), most: most === null ? null : Number(most), label },
          updated: updated_at instanceof Date ? updated_at.getTime() : Date.parse(`${String(updated_at).replace(' ', 'T')}Z`),
        }))
        .sort((a, b) => String(a.shop).localeCompare(String(b.shop)))
    await someCrashes({
      world: async () => {
        for (const session of await database.idleSessions()) await database.terminate(session)
        const table = newTable('totals')
        return {
          source: { ...memorySource({ schema: Sale, partitions: rows.map((some) => messagesOf(some)), chunk: 2 }), keyedBy: ['shop'] },
          log: memoryLog(),
          sinks: { totals: database.sink<{ n: number }>({ table }) },
          outputs: async () => {
            // A total is replaced until it is the last one of its key, which stays.
            const last = plain(await database.rows(table)).filter((row) => expected.some((one) => JSON.stringify(one) === JSON.stringify(row)))
            most = Math.max(most, last.length)
            return { totals: { rows: last } }
          },
        }
      },
      pipeline: ({ source, log, sinks }) =>
        pipeline({
          name: 'totals',
          source,
          log,
          clock: quickClock,
          range: { rows: 2 },
          flows: (sales) => ({ totals: totals(sales).pipe(into(sinks.totals)) }),
        }),
    })
    expect([expected.length, most]).toEqual([8, 8])
  }, 300_000)
})

const Client = defineSchema(z.object({ client: z.string(), plan: z.string(), at: instant(), left: z.boolean() }), { name: 'client', time: 'at' })

/** Versions of clients, of whom some leave, some return, and one plan loses all. */
const versions = Array.from({ length: 60 }, (_, i) => ({
  client: `client ${(i * 7) % 9}`,
  plan: i < 30 ? `plan ${i % 4}` : `plan ${i % 3}`,
  // A version is late now and then.
  at: new Date(Date.UTC(2026, 10, 21, 12, 0, i % 8 === 7 ? i - 20 : i)).toISOString(),
  left: i % 5 === 0,
}))

describeEach(databases, 'totals over a table', (database) => {
  test('are GROUP BY of the rows that stand, and a group without rows is not there, wherever the pipeline crashes', async () => {
    const sql = `SELECT plan, count(*)::INT AS n FROM (FROM rows QUALIFY row_number() OVER (PARTITION BY client ORDER BY "at" DESC, position DESC) = 1)
      WHERE NOT left_now GROUP BY plan ORDER BY plan`
    const expected = (await standing(sql)) as object[]
    let isSeen = false
    await someCrashes({
      world: async () => {
        for (const session of await database.idleSessions()) await database.terminate(session)
        const table = newTable('plans')
        return {
          source: memorySource({ schema: Client, partitions: [messagesOf(versions)], chunk: 5 }),
          log: memoryLog(),
          sinks: { plans: database.sink<{ plan: string; gone: boolean }>({ table, deleteWhen: 'gone' }) },
          outputs: async () => {
            const found = ((await database.rows(table)) ?? []).map(({ plan, n }) => ({ plan, n: Number(n) }))
            const rows = found.sort((a, b) => String(a.plan).localeCompare(String(b.plan)))
            const isLast = JSON.stringify(rows) === JSON.stringify(expected)
            isSeen ||= isLast
            return { plans: { rows: isLast ? rows : [] } }
          },
        }
      },
      pipeline: ({ source, log, sinks }) =>
        pipeline({
          name: 'plans',
          source,
          log,
          clock: quickClock,
          range: { rows: 5 },
          flows: (clients) => ({
            plans: clients.pipe(
              runningTotals({ table: { key: 'client', deleted: 'left' }, by: 'plan', aggregate: { n: count() } }),
              into(sinks.plans as Sink<unknown>),
            ),
          }),
        }),
    })
    expect([expected.length, isSeen]).toEqual([3, true])
  }, 300_000)
})

async function standing(sql: string): Promise<unknown> {
  const path = join(folder, 'versions.jsonl')
  await writeFile(path, versions.map(({ left, ...row }, position) => `${JSON.stringify({ ...row, left_now: left, position })}\n`).join(''))
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`CREATE VIEW rows AS SELECT * FROM read_json('${path}')`)
  return (await connection.runAndReadAll(sql)).getRowObjectsJson()
}

test('in plain files the row of a key with the highest revision is GROUP BY of its rows', async () => {
  const rows = partitions(200)
  await pipeline({
    name: 'totals',
    source: { ...memorySource({ schema: Sale, partitions: rows.map((some) => messagesOf(some)), chunk: 16 }), keyedBy: ['shop'] },
    log: memoryLog(),
    clock: quickClock,
    range: { rows: 32 },
    flows: (sales) => ({ totals: totals(sales).pipe(into(parquetSink(join(folder, 'totals')))) }),
  }).run({ handleSignals: false })
  const all = `read_parquet('${folder}/totals/*.parquet')`
  const newest = `SELECT shop, n::INT AS n, units::INT AS units, most::INT AS most, label, epoch_ms(updated_at)::DOUBLE AS updated
    FROM ${all} QUALIFY row_number() OVER (PARTITION BY shop ORDER BY revision DESC) = 1 ORDER BY shop`
  expect(await duckdb(rows, newest)).toEqual(await duckdb(rows, GROUPED))
  expect(await duckdb(rows, `SELECT count(*) > 50 AS many FROM ${all}`)).toEqual([{ many: true }])
})
