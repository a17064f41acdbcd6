import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Batch, count, countDistinct, generator, highPriority, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import { tap } from 'rxjs'
import { expect, test, vi } from 'vitest'
import { DecodeThread } from '../../../core/src/node/decode/thread-decoder.ts'
import { duck, folder } from '../../test/helpers.ts'

const TICKETS = 60_000

test.each([0, 1])('2.6 an operator may keep every batch: no buffer that is used again is part of one (%s threads)', async (encodeWorkers) => {
  const path = await folder()
  const kept: Batch<Ticket>[][] = [[], []]
  const texts: string[][] = [[], []]
  const keep = (flow: number) =>
    tap((batch: Batch<Ticket>) => {
      kept[flow]?.push(batch)
      texts[flow]?.push(JSON.stringify(batch.toArray()))
    })
  await pipeline({
    name: 'kept',
    source: generator({ tickets: TICKETS, partitions: 1 }),
    log: commitLog(join(path, 'log')),
    range: { rows: 25_000 },
    flows: (tickets) => ({
      all: tickets.pipe(keep(0), into(parquetSink(join(path, 'all'), { encodeWorkers }))),
      some: tickets.pipe(highPriority(), keep(1), into(parquetSink(join(path, 'some'), { encodeWorkers }))),
    }),
  }).run({ handleSignals: false })
  for (const [flow, name] of ['all', 'some'].entries()) {
    expect(kept[flow]?.map((batch) => JSON.stringify(batch.toArray()))).toEqual(texts[flow])
    const ids = kept[flow]?.flatMap((batch) => [...batch].map(({ ticket_id }) => ticket_id)).sort()
    const found = await duck(`SELECT ticket_id FROM read_parquet('${path}/${name}/*.parquet') ORDER BY 1`)
    expect(found.map(({ ticket_id }) => ticket_id)).toEqual(ids)
  }
})

const LINES = 40_000
const minute = tumbling({ size: '1 minute' })

/** Lines of tickets, decoded on the thread. */
async function linesOf(path: string): Promise<string> {
  const lines = Array.from({ length: LINES }, (_, i) =>
    JSON.stringify({
      ticket_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      client_id: `CLIENT_${1000 + (i % 700)}`,
      created_at: new Date(Date.UTC(2026, 0, 1) + i * 10).toISOString(),
      request: `the é request ${i} ${'x'.repeat(i % 90)}`,
      request_type: ['billing', 'technical', 'account'][i % 3],
      priority: ['low', 'medium', 'high', 'critical'][i % 4],
    }),
  )
  const file = join(path, 'tickets.jsonl')
  await writeFile(file, `${lines.join('\n')}\n`)
  return file
}

test.each([false, true])('2.6 memory of decoded rows is used again unless an operator may keep them (%s), and all rows are right', async (keeps) => {
  const path = await folder()
  const file = await linesOf(path)
  const given = vi.spyOn(DecodeThread.prototype, 'giveBack')
  const kept: Batch<Ticket>[] = []
  const texts: string[] = []
  const keep = tap((batch: Batch<Ticket>) => {
    kept.push(batch)
    texts.push(JSON.stringify(batch.toArray()))
  })
  await pipeline({
    name: 'lent',
    source: jsonLines(file, { schema: Ticket, complete: true, decodeThread: true }),
    log: commitLog(join(path, 'log')),
    range: { rows: 9_000 },
    flows: (tickets) => {
      const all = keeps ? tickets.pipe(keep) : tickets
      return {
        all: all.pipe(into(parquetSink(join(path, 'all')))),
        some: tickets.pipe(highPriority(), into(parquetSink(join(path, 'some'), { maxRowsPerFile: 700 }))),
        windows: tickets.pipe(
          windowed(minute, { by: 'priority', aggregate: { tickets: count(), clients: countDistinct('client_id') } }),
          into(parquetSink(join(path, 'windows'))),
        ),
      }
    },
  }).run({ handleSignals: false })
  expect(kept.map((batch) => JSON.stringify(batch.toArray()))).toEqual(texts)
  if (keeps) expect(given).not.toHaveBeenCalled()
  else expect(given.mock.calls.length).toBeGreaterThan(4)
  given.mockRestore()
  const input = `read_json('${file}', format = 'newline_delimited', columns = {ticket_id: 'VARCHAR', client_id: 'VARCHAR', created_at: 'TIMESTAMPTZ', request: 'VARCHAR', request_type: 'VARCHAR', priority: 'VARCHAR'})`
  const output = (name: string) =>
    `(SELECT ticket_id, client_id, created_at, request, request_type, priority FROM read_parquet('${path}/${name}/*.parquet'))`
  const differences = await duck(`
    SELECT count(*)::INT AS n FROM (
      (FROM ${output('all')} EXCEPT ALL FROM ${input}) UNION ALL (FROM ${input} EXCEPT ALL FROM ${output('all')})
      UNION ALL (FROM ${output('some')} EXCEPT ALL FROM ${input} WHERE priority IN ('high', 'critical'))
      UNION ALL (FROM ${input} WHERE priority IN ('high', 'critical') EXCEPT ALL FROM ${output('some')}))`)
  const windows = await duck(`
    SELECT count(*)::INT AS n FROM (
      (SELECT window_start, priority, tickets, clients FROM read_parquet('${path}/windows/*.parquet')) EXCEPT ALL
      (SELECT date_trunc('minute', created_at), priority, count(*), count(DISTINCT client_id) FROM ${input} GROUP BY ALL))`)
  expect([differences, windows]).toEqual([[{ n: 0 }], [{ n: 0 }]])
})
