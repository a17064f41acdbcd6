import { firstValueFrom, from, toArray } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { Batch } from '../batch/batch.ts'
import { sources } from '../connectors/source-union.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { Ticket } from '../tickets/ticket.ts'
import { global } from '../window/global.ts'
import { session } from '../window/session.ts'
import { tumbling } from '../window/tumbling.ts'
import { into } from './into.ts'
import { mapAsync } from './map-async.ts'
import { windowed } from './windowed.ts'

const ticket = (i: number, second = i): Ticket => ({
  ticket_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  client_id: `CLIENT_${1000 + (i % 7)}`,
  created_at: new Date(Date.UTC(2026, 0, 1) + second * 1000),
  request: 'no heating',
  request_type: 'billing',
  priority: 'low',
})
const json = (i: number, second = i) => ({ ...ticket(i, second), created_at: ticket(i, second).created_at.toISOString() })
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

const bySession = (sink: ReturnType<typeof memorySink<{ n: number }>>, source: object = {}, parts = 2) =>
  pipeline({
    name: 'sessions',
    source: {
      ...memorySource({
        schema: Ticket,
        partitions: Array.from({ length: parts }, (_, p) => messagesOf([json(p, 0), json(p, 3), json(p, 20), json(p, 22)])),
      }),
      ...source,
    },
    log: memoryLog(),
    flows: (tickets) => ({
      sessions: tickets.pipe(windowed(session({ gap: '5s' }), { by: 'client_id', aggregate: { n: count() } }), into(sink as never)),
    }),
  }).run({ handleSignals: false })

test('4.6 sessions over several partitions need a source that is keyed by what they group by', async () => {
  const sink = memorySink<{ n: number }>('sessions')
  await expect(bySession(sink)).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('keyedBy') })
  await expect(bySession(sink, { keyedBy: ['client_id', 'priority'] })).rejects.toThrow('keyed by client_id, priority')
  await bySession(sink, { keyedBy: ['client_id'] })
  expect(sink.rows.map(({ n }) => n)).toEqual([2, 2, 2, 2])
  const one = memorySink<{ n: number }>('one')
  await bySession(one, {}, 1)
  expect(one.rows).toHaveLength(2)
})

test('a global window needs an end, or updates', async () => {
  const run = (until: 'never' | 'complete', emit: 'final' | 'updates', signal?: AbortSignal) =>
    pipeline({
      name: 'all',
      source: memorySource({ schema: Ticket, partitions: [messagesOf([json(1)])], until }),
      log: memoryLog(),
      flows: (tickets) => ({ all: tickets.pipe(windowed(global(), { aggregate: { n: count() }, emit }), into(memorySink('all') as never)) }),
    }).run({ handleSignals: false, ...(signal ? { signal } : {}) })
  await expect(run('never', 'final')).rejects.toThrow('global window')
  await run('complete', 'final')
})

test('maxDrift holds a fast partition back until the slow one follows', async () => {
  const widest = async (options: object) => {
    const at = new Map<string, number>()
    let gap = 0
    const inner = memorySource({
      schema: Ticket,
      partitions: [600, 60].map((step) => messagesOf(Array.from({ length: 40 }, (_, i) => json(i, i * step)))),
      chunk: 1,
    })
    const watched: typeof inner = {
      ...inner,
      async open(partition, from, opened) {
        const reader = await inner.open(partition, from, opened)
        return {
          ...reader,
          async read(limit) {
            const chunk = await reader.read(limit)
            if (chunk === 'end') at.set(partition, Number.NaN)
            else for (const row of chunk.batch) at.set(partition, row.created_at.getTime() / 1000)
            if (Number.isFinite(at.get('memory-1'))) gap = Math.max(gap, (at.get('memory-0') || 0) - (at.get('memory-1') ?? 0))
            return chunk
          },
        }
      },
    }
    const sink = memorySink<{ n: number }>('drift')
    await pipeline({
      name: 'drift',
      source: watched,
      log: memoryLog(),
      flows: (tickets) => ({ n: tickets.pipe(windowed(tumbling({ size: '1 day' }), { aggregate: { n: count() } }), into(sink as never)) }),
      ...options,
    }).run({ handleSignals: false })
    expect(sink.rows.map(({ n }) => n)).toEqual([80])
    return gap
  }
  expect(await widest({ maxDrift: '30 minutes' })).toBeLessThanOrEqual(1800 + 600)
  expect(await widest({})).toBeGreaterThan(1800 + 600)
})

test('sources are one source with the partitions of all', async () => {
  const of = (topic: string, from: number) => memorySource({ schema: Ticket, topic, partitions: [messagesOf([json(from, 1), json(from + 1, 2)])] })
  const sink = memorySink<object>('all')
  const run = (source: ReturnType<typeof sources<Ticket>>, log = memoryLog()) =>
    pipeline({ name: 'both', source, log, flows: (tickets) => ({ all: tickets.pipe(into(sink)) }) }).run({ handleSignals: false })
  const log = memoryLog()
  expect(await run(sources(of('a', 0), of('b', 10)), log)).toMatchObject({ rows: 4 })
  expect([...sink.files.keys()].sort()).toEqual(['a-0-0', 'a-0-1', 'b-0-0'])
  expect(await run(sources(of('a', 0), of('b', 10)), log)).toMatchObject({ rows: 0 })
  await expect(run(sources(of('a', 0), of('a', 10)))).rejects.toThrow('both have a partition a-0')
  expect(() => sources()).toThrow('at least one')
})
