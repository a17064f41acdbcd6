import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { generator, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { compact, files, parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { folder } from '../../test/helpers.ts'

const TICKETS = 12_000

test('DuckDB reads while a pipeline writes and compactions run: the list is exact, a glob never finds too few', async () => {
  const path = await folder()
  const dir = join(path, 'tickets')
  const db = await (await DuckDBInstance.create()).connect()
  const counted = async (source: string) => {
    const [found] = (
      await db.runAndReadAll(`SELECT count(*)::INT AS rows, count(DISTINCT ticket_id)::INT AS tickets FROM ${source}`)
    ).getRowObjectsJS()
    return found as { rows: number; tickets: number }
  }
  let running = true
  const writing = pipeline({
    name: 'live',
    source: generator({ tickets: TICKETS, rate: 4_000 }),
    log: commitLog(join(path, 'log')),
    range: { rows: 50 },
    flows: (tickets) => ({ all: tickets.pipe(into(parquetSink(dir))) }),
  })
    .run({ handleSignals: false })
    .finally(() => {
      running = false
    })
  const compactions = { merged: 0, rounds: 0 }
  const compacting = [0, 1].map(async () => {
    while (running) {
      compactions.merged += (await compact(dir).catch(later)).merged
      compactions.rounds++
      await new Promise((next) => setTimeout(next, 5))
    }
  })
  const looks = { exact: 0, globs: 0, gone: 0 }
  let least = 0
  while (running) {
    const list = await files(dir).catch(() => [])
    if (list.length === 0) continue
    const exact = await counted(`read_parquet([${list.map((file) => `'${file}'`).join(', ')}])`).catch(gone)
    if (exact) {
      looks.exact++
      expect(exact.rows).toBe(exact.tickets)
      expect(exact.tickets).toBeGreaterThanOrEqual(least)
      least = exact.tickets
    } else looks.gone++
    const glob = await counted(`read_parquet('${dir}/**/*.parquet')`).catch(gone)
    if (glob) looks.globs++
    // Whoever globs may see rows twice, and all that anybody has seen before.
    if (glob) expect(glob.tickets).toBeGreaterThanOrEqual(least)
    else looks.gone++
  }
  await writing
  await Promise.all(compacting)
  await compact(dir)
  expect(await counted(`read_parquet('${dir}/**/*.parquet')`)).toEqual({ rows: TICKETS, tickets: TICKETS })
  expect((await files(dir)).length).toBeLessThan(8)
  expect(compactions.merged).toBeGreaterThan(2)
  expect(looks.exact).toBeGreaterThan(0)
  expect(looks.globs).toBeGreaterThan(0)
  if (process.env.LAKE_TELL) console.log(compactions, looks)

  /** A file may be compacted after a reader listed it and before it opens it (docs/internals/protocol.md#6.5), so the reader lists again. */
  function gone(error: unknown): null {
    if (/No such file|Cannot open file|No files found|not exist/i.test(String(error))) return null
    throw error
  }

  /** Before the first file there is no folder. */
  function later(error: unknown): { merged: number } {
    if ((error as { code?: string }).code === 'TARGET_UNUSABLE') return { merged: 0 }
    throw error
  }
})
