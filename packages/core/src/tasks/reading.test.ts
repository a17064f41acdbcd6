import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { systemClock } from '../base/clock.ts'
import type { Json } from '../base/json.ts'
import type { Message } from '../batch/message.ts'
import type { CommitLog, LogRecord, PipelineRecord } from '../connectors/commit-log.ts'
import type { DeadLetter } from '../connectors/dead-letter.ts'
import type { LateRow } from '../connectors/late-row.ts'
import type { Sink } from '../connectors/sink.ts'
import type { Source } from '../connectors/source.ts'
import { jsonLines } from '../node/json-lines/json-lines.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import type { PipelineOptions } from '../pipeline/options.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { defineSchema } from '../schema/define.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'

const Event = defineSchema(z.object({ at: instant(), i: z.int() }), { name: 'event', version: 1, time: 'at' })
type Event = { at: Date; i: number }

const NOON = Date.UTC(2026, 5, 1, 12)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const event = (i: number, at: number) => ({ i, at: new Date(at).toISOString() })
/** 100 rows a second apart, the tenth stamped 2099. */
const rows = Array.from({ length: 100 }, (_, i) => event(i, i === 9 ? Date.UTC(2099, 0, 1) : NOON + i * 1000))

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reading-'))
})
afterEach(() => rm(dir, { recursive: true }))

const freshSinks = () => ({
  all: memorySink<Event>('all'),
  minutes: memorySink<{ rows: number }>('minutes'),
  dead: memorySink<DeadLetter>('dead'),
  late: memorySink<LateRow>('late'),
})

function world(source: Source<Event>, log: CommitLog = memoryLog(), sinks = freshSinks()) {
  const warnings: string[] = []
  const time = { now: NOON + HOUR }
  const run = (more: Partial<PipelineOptions<Event, number>> = {}) =>
    pipeline({
      name: 'reading',
      source,
      log,
      deadLetters: sinks.dead,
      late: sinks.late,
      clock: { now: () => time.now, sleep: systemClock.sleep },
      logger: { debug: () => {}, info: () => {}, error: () => {}, warn: (text) => void warnings.push(text) },
      flows: (events) => ({
        all: events.pipe(into(sinks.all)),
        minutes: events.pipe(windowed(tumbling({ size: '1 minute' }), { aggregate: { rows: count() } }), into(sinks.minutes)),
      }),
      ...more,
    }).run({ handleSignals: false })
  const total = () => sinks.minutes.rows.reduce((sum, row) => sum + row.rows, 0)
  return { run, log, sinks, warnings, time, total }
}

const stamped = (messages: readonly Message[], times: (i: number) => number) => messages.map((message, i) => ({ ...message, timestamp: times(i) }))

test.each([
  ['a file', false],
  ['a file that is decoded on a thread', true],
])('one row stamped 2099 is rejected, and makes no other row late: %s', async (_what, decodeThread) => {
  const path = join(dir, 'events.jsonl')
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  // Enough that a thread is worth its start.
  const more = decodeThread ? Array.from({ length: 200_000 }, (_, i) => `${JSON.stringify(event(100 + i, NOON + 100_000 + i))}\n`).join('') : ''
  await appendFile(path, more)
  const count = decodeThread ? 200_100 : 100
  const { run, sinks, total, warnings } = world(jsonLines(path, { schema: Event, complete: true, decodeThread }))
  expect(await run()).toMatchObject({ rows: count, rejected: 1, late: {} })
  expect(sinks.dead.rows).toMatchObject([{ reason: expect.stringMatching(/2099.*reference time.*maxFuture/), value: JSON.stringify(rows[9]) }])
  expect([sinks.all.rows.length, total(), sinks.late.rows.length]).toEqual([count - 1, count - 1, 0])
  expect(warnings).toEqual([])
})

test('a topic whose producer stamps message and row alike is judged by the reference time', async () => {
  const messages = stamped(messagesOf(rows), (i) => Date.parse((rows[i] as { at: string }).at))
  const { run, sinks, total } = world(memorySource({ schema: Event, partitions: [messages] }))
  expect(await run()).toMatchObject({ rejected: 1, late: {} })
  expect([sinks.dead.rows.length, total()]).toEqual([1, 99])
})

test('the reference is recorded before it judges a row, and a replay uses the one that is recorded', async () => {
  const [log, sinks] = [memoryLog(), freshSinks()] as const
  let isBroken = true
  const failing: Sink<Event> = {
    ...sinks.all,
    async open(task, schema) {
      const writer = await sinks.all.open(task, schema)
      const stage: typeof writer.stage = (n, ...rest) => (isBroken && n === 2 ? Promise.reject(new Error('the disk')) : writer.stage(n, ...rest))
      return { ...writer, stage }
    },
  }
  const source = memorySource({ schema: Event, partitions: [messagesOf(rows)], chunk: 7 })
  const { run, time } = world(source, log, { ...sinks, all: failing as typeof sinks.all })
  await expect(run({ range: { rows: 7 } })).rejects.toMatchObject({ code: 'SINK_FAILED' })
  const reference = (await log.pipeline())?.reference
  expect(reference).toBe(NOON + HOUR + MINUTE)
  isBroken = false
  time.now += 10 * DAY
  expect(await run()).toMatchObject({ rejected: 1, late: {} })
  expect([sinks.dead.rows.length, sinks.all.rows.length]).toEqual([1, 99])
  const bodies = [...(log.records.get('memory-0') as ReadonlyMap<number, LogRecord>).values()].map(({ body }) => body as { reference?: number })
  expect(bodies.every((body) => body.reference === reference)).toBe(true)
})

test('rows of a pipeline that runs for days pass: a later reference is recorded first, and no row comes twice', async () => {
  const messages = [...messagesOf(Array.from({ length: 10 }, (_, i) => event(i, NOON + i * 1000)))]
  const source = () => memorySource({ schema: Event, partitions: [messages], until: 'now', chunk: 4 })
  const log = memoryLog()
  const { run, sinks, time, total } = world(source(), log)
  await run()
  time.now += 5 * DAY
  messages.push(
    ...messagesOf(Array.from({ length: 10 }, (_, i) => event(10 + i, NOON + 5 * DAY + i * 1000))).map((m, i) => ({ ...m, offset: 10 + i })),
  )
  // Beyond this reference too.
  messages.push({ ...(messagesOf([event(20, NOON + 7 * DAY)])[0] as Message), offset: 20 })
  expect(await run()).toMatchObject({ rows: 11, rejected: 1, late: {} })
  expect(sinks.all.rows.map(({ i }) => i)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  expect(total()).toBe(20)
  const heads = [...(log.records.get('memory-0') as ReadonlyMap<number, LogRecord>).values()].map(
    ({ body }) => body as { reference: number; to: number },
  )
  const renewed = heads.findIndex(({ reference }) => reference > NOON + DAY)
  // The record that holds the reference ends before the first row that needs it.
  expect(heads[renewed]).toMatchObject({ to: 10, reference: NOON + HOUR + 5 * DAY + MINUTE })
  expect(sinks.dead.rows).toMatchObject([{ position: 20 }])
})

test('a log from before references records one before it reads', async () => {
  const old = memoryLog()
  const sinks = freshSinks()
  const first = world(memorySource({ schema: Event, partitions: [messagesOf(rows.slice(0, 5))], until: 'now' }), old, sinks)
  await first.run()
  const strip = <R extends object>(of: R): R => ({ ...of, reference: undefined })
  const log: CommitLog = {
    ...old,
    pipeline: async () => strip((await old.pipeline()) as PipelineRecord),
    begin: async (record) => strip(await old.begin(record)),
    head: async (task) => {
      const head = await old.head(task)
      return head && task === 'memory-0' && head.n < 3 ? { ...head, body: strip(head.body as object) as Json } : head
    },
  }
  const before = await old.latest('memory-0')
  expect(before).toBeLessThan(3)
  const then = world(memorySource({ schema: Event, partitions: [messagesOf(rows)], until: 'now' }), log, sinks)
  expect(await then.run()).toMatchObject({ rejected: 1, late: {} })
  expect(old.records.get('memory-0')?.get(before + 1)?.body).toMatchObject({ from: 5, to: 5, reference: NOON + HOUR + MINUTE })
})

test('with maxFuture off, a row that moves the watermark by more than a day is reported once, and late rows are counted', async () => {
  const two = [...rows, event(100, Date.UTC(2150, 0, 1))]
  const { run, sinks, warnings } = world(memorySource({ schema: Event, partitions: [messagesOf(two)], chunk: 5 }))
  expect(await run({ maxFuture: Number.POSITIVE_INFINITY })).toMatchObject({ rejected: 0, late: { 'minutes/windowed': 90 } })
  expect(sinks.late.rows).toHaveLength(90)
  expect(warnings).toEqual([
    expect.stringMatching(/one row of memory-0, at 9, moved the watermark from 2026-06-01T12:00:08.000Z to 2099-01-01T00:00:00.000Z/),
  ])
})
