import { firstValueFrom, from, toArray } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { Batch } from '../batch/batch.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { Ticket } from '../tickets/ticket.ts'
import { tumbling } from '../window/tumbling.ts'
import { into } from './into.ts'
import { mapAsync } from './map-async.ts'
import { json, ticket } from './test-tickets.fixture.ts'
import { windowed } from './windowed.ts'

const Scored = Ticket.extend('scored', { score: z.int() })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const scored = (t: Ticket) => ({ ...t, score: Number(t.ticket_id.slice(-4)) })

test('mapAsync keeps rows and batches in order, and no more than so many wait at once', async () => {
  let now = 0
  let most = 0
  const slow = async (t: Ticket) => {
    most = Math.max(most, ++now)
    await pause(10 - (Number(t.ticket_id.slice(-2)) % 10))
    now--
    return scored(t)
  }
  const batches = [0, 10, 20].map((from) =>
    Batch.of(
      Ticket,
      Array.from({ length: 10 }, (_, i) => ticket(from + i)),
    ),
  )
  const out = await firstValueFrom(from(batches).pipe(mapAsync(Scored, slow, { concurrency: 4 }), toArray()))
  expect(out.flatMap((batch) => batch.toArray().map((row) => row.score))).toEqual(Array.from({ length: 30 }, (_, i) => i))
  expect(most).toBe(4)
})

test('unordered, a quick batch overtakes a slow one', async () => {
  const batches = [[ticket(50)], [ticket(1)]].map((rows) => Batch.of(Ticket, rows))
  const slow = async (t: Ticket) => {
    await pause(Number(t.ticket_id.slice(-4)))
    return scored(t)
  }
  const scores = async (ordered: boolean) =>
    (await firstValueFrom(from(batches).pipe(mapAsync(Scored, slow, { ordered }), toArray()))).map((batch) => batch.get(0).score)
  expect(await scores(false)).toEqual([1, 50])
  expect(await scores(true)).toEqual([50, 1])
})

test('a range waits for mapAsync, before and behind windows', async () => {
  const [rows, windows] = [memorySink<object>('rows'), memorySink<{ n: number; clients: number }>('windows')]
  const Counted = await import('../schema/define.ts').then(({ makeSchema }) =>
    makeSchema<{ n: number }>(z.object({ n: z.int() }), { name: 'counted', time: null }, []),
  )
  const slow = async <R>(row: R) => {
    await pause(2)
    return row
  }
  const summary = await pipeline({
    name: 'waits',
    source: memorySource({
      schema: Ticket,
      partitions: [0, 1].map((p) => messagesOf(Array.from({ length: 60 }, (_, i) => json(p * 60 + i, i)))),
      chunk: 7,
    }),
    log: memoryLog(),
    range: { rows: 20 },
    flows: (tickets) => ({
      rows: tickets.pipe(
        mapAsync(Scored, async (t) => scored(await slow(t))),
        into(rows),
      ),
      windows: tickets.pipe(
        mapAsync(Scored, async (t) => scored(await slow(t))),
        windowed(tumbling({ size: '20s' }), { aggregate: { n: count() } }),
        mapAsync(Counted, async ({ n }) => slow({ n })),
        into(windows as never),
      ),
    }),
  }).run({ handleSignals: false })
  expect(summary).toMatchObject({ rows: 120, written: { rows: 120 } })
  expect(windows.rows.map(({ n }) => n)).toEqual([40, 40, 40])
})

test('what mapAsync fails with stops the pipeline, and nothing of the range is committed', async () => {
  const rows = memorySink<object>('rows')
  const run = pipeline({
    name: 'fails',
    source: memorySource({ schema: Ticket, partitions: [messagesOf(Array.from({ length: 20 }, (_, i) => json(i)))] }),
    log: memoryLog(),
    flows: (tickets) => ({
      rows: tickets.pipe(
        mapAsync(Scored, async (t) => {
          await pause(1)
          if (t.ticket_id.endsWith('13')) throw new Error('no score for 13')
          return scored(t)
        }),
        into(rows),
      ),
    }),
  }).run({ handleSignals: false })
  await expect(run).rejects.toMatchObject({ code: 'FLOW_FAILED', message: expect.stringContaining('no score for 13') })
  expect(rows.rows).toEqual([])
})

test('refuses a concurrency below 1', () => {
  expect(() => mapAsync(Scored, scored, { concurrency: 0 })).toThrow('got 0')
})
