import { expect, it } from 'vitest'
import { Event, lake, memoryWorld, messages } from '../../test/lake.ts'
import { TicketsError } from '../base/errors.ts'
import type { Sink, Writer } from '../connectors/sink.ts'
import type { CommittedRange, EndedRun, Retry, RunState, Telemetry, WatchedRun } from '../connectors/telemetry.ts'
import { into } from '../operators/into.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { pipeline } from './pipeline.ts'
import { seconds, topic } from './topic.fixture.ts'

/** Keeps all that it sees. */
function recorder() {
  const runs: WatchedRun[] = []
  const ranges: CommittedRange[] = []
  const retries: Retry[] = []
  const ends: EndedRun[] = []
  const telemetry: Telemetry = {
    watch(run) {
      runs.push(run)
      return { committed: (one) => ranges.push(one), retried: (one) => retries.push(one), ended: (one) => ends.push(one) }
    },
  }
  return { telemetry, runs, ranges, retries, ends }
}

const sum = (ranges: readonly CommittedRange[], pick: (range: CommittedRange) => number) => ranges.reduce((all, range) => all + pick(range), 0)

/** A sink whose writers have these methods instead. */
const changed = (sink: Sink<Event>, change: (writer: Writer<Event>) => Partial<Writer<Event>>): Sink<Event> => ({
  ...sink,
  open: async (...at) => {
    const writer = await sink.open(...at)
    return { ...writer, ...change(writer) }
  },
})

const run = (sink: Sink<Event>, telemetry: Telemetry | readonly Telemetry[], logger?: { error(message: string): void }) =>
  pipeline({
    name: 'p',
    source: memorySource({ schema: Event, partitions: [messages([1, 2, 3, 4, 5, 6]), messages([1, 2], 1)], chunk: 2 }),
    log: memoryLog(),
    clock: quickClock,
    range: { rows: 2 },
    telemetry,
    ...(logger && { logger: { debug() {}, info() {}, warn() {}, ...logger } }),
    flows: (events) => ({ all: events.pipe(into(sink)) }),
  }).run({ handleSignals: false })

it('counts by range what the summary counts in all', async () => {
  const { telemetry, runs, ranges, ends } = recorder()
  const world = memoryWorld([
    [1, 2, 30, 'not JSON', 3, 31],
    [5, 40, 41],
  ])
  const summary = await lake(world, { telemetry }).run({ handleSignals: false })
  expect(runs).toMatchObject([{ pipeline: 'lake', backfill: null, source: 'memory', partitions: ['memory-0', 'memory-1'] }])
  expect(runs[0]?.outputs.find(({ flow }) => flow === 'windows')).toEqual({
    flow: 'windows',
    target: 'memory:windows',
    format: null,
    inMerge: true,
  })
  expect({
    rows: sum(ranges, (range) => range.rows),
    rejected: sum(ranges, (range) => range.rejected),
    late: { 'windows/windowed': sum(ranges, (range) => range.late['windows/windowed'] ?? 0) },
    written: Object.fromEntries(Object.keys(summary.written).map((flow) => [flow, sum(ranges, (range) => range.written[flow]?.rows ?? 0)])),
  }).toEqual({ rows: 9, rejected: 1, late: summary.late, written: summary.written })
  expect(summary.late).toEqual({ 'windows/windowed': 1 })
  expect(ends).toMatchObject([{ how: 'done' }])
})

it('gives each range the times of its steps and its newest event', async () => {
  const { telemetry, ranges } = recorder()
  await run(memorySink('all'), telemetry)
  const first = ranges.find(({ task, rows }) => task === 'memory-0' && rows > 0)
  expect(first).toMatchObject({ partition: 'memory-0', rows: 2, eventTime: Date.UTC(2026, 0, 1) + 2000, brokerTime: null })
  const { read, stage, record, publish } = first?.steps ?? {}
  const times = [read, stage, record, publish].flatMap((step) => [step?.start ?? Number.NaN, step?.end ?? Number.NaN])
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect(first?.at).toBeGreaterThanOrEqual(publish?.end ?? Number.POSITIVE_INFINITY)
})

it('passes on the broker time of the last message', async () => {
  const { telemetry, ranges } = recorder()
  const source = memorySource({ schema: Event, partitions: [messages([1, 2])] })
  const open: typeof source.open = async (...at) => {
    const reader = await source.open(...at)
    return { ...reader, read: async (max) => ((chunk) => (chunk === 'end' ? chunk : { ...chunk, brokerTime: 77 }))(await reader.read(max)) }
  }
  const sink = memorySink<Event>('all')
  await pipeline({ name: 'p', source: { ...source, open }, log: memoryLog(), telemetry, flows: (events) => ({ all: events.pipe(into(sink)) }) }).run({
    handleSignals: false,
  })
  expect(ranges.filter(({ rows }) => rows > 0)).toMatchObject([{ rows: 2, brokerTime: 77 }])
})

it('tells of faults that are tried again, and counts a range once that was published by the next attempt', async () => {
  const { telemetry, ranges, retries } = recorder()
  const sink = memorySink<Event>('all')
  let failures = 0
  const failing = changed(sink, ({ publish }) => ({
    async publish(staged) {
      if (staged.task === 'memory-0' && staged.n === 2 && failures++ < 2) throw new TicketsError('SINK_FAILED', 'busy', { retryable: true })
      await publish(staged)
    },
  }))
  await run(failing, telemetry)
  expect(retries).toMatchObject([
    { task: 'memory-0', failures: 1, error: { code: 'SINK_FAILED' } },
    { task: 'memory-0', failures: 2, error: { code: 'SINK_FAILED' } },
  ])
  expect(sum(ranges, ({ written }) => written.all?.rows ?? 0)).toBe(8)
  expect(sink.rows).toHaveLength(8)
})

it('tells of a run that fails', async () => {
  const { telemetry, ends } = recorder()
  const failing = changed(memorySink('all'), () => ({
    stage: async () => {
      throw new Error('no room')
    },
  }))
  await expect(run(failing, telemetry)).rejects.toMatchObject({ code: 'SINK_FAILED' })
  expect(ends).toMatchObject([{ how: 'failed', error: { code: 'SINK_FAILED' } }])
})

it('knows the rows that are read and not committed, while a sink hangs', async () => {
  const { telemetry, runs } = recorder()
  const states: RunState[] = []
  const hanging = changed(memorySink('all'), ({ publish }) => ({
    async publish(staged) {
      const state = runs[0]?.state()
      if (state) states.push(state)
      await publish(staged)
    },
  }))
  await run(hanging, telemetry)
  expect(states.at(-1)).toMatchObject({ assigned: ['memory-0', 'memory-1'], memory: { limit: 64 * 1024 * 1024 } })
  expect(Math.max(...states.map(({ progress }) => progress.partitions['memory-0']?.uncommitted ?? 0))).toBeGreaterThanOrEqual(2)
  expect(runs[0]?.state().progress.partitions['memory-0']).toMatchObject({ rows: 6, uncommitted: 0 })
})

it('goes without one that throws, and says so once', async () => {
  const { telemetry, ranges } = recorder()
  const said: string[] = []
  const broken: Telemetry = {
    watch: () => ({
      committed() {
        throw new Error('no route to the collector')
      },
    }),
  }
  const summary = await run(memorySink('all'), [broken, telemetry], { error: (message) => void said.push(message) })
  expect(summary).toMatchObject({ how: 'done', rows: 8 })
  expect(said).toEqual([expect.stringContaining('telemetry threw')])
  expect(sum(ranges, ({ rows }) => rows)).toBe(8)
})

it('watches a backfill as a run of its own', async () => {
  const { telemetry, runs, ranges, ends } = recorder()
  const world = memoryWorld([])
  const source = topic([messages(seconds(0, 40))], { start: [25] })
  const pipe = lake({ ...world, source }, { telemetry })
  await pipe.run({ handleSignals: false })
  const before = ranges.length
  const { rows } = await pipe.backfill({ name: 'first', from: 'earliest', handleSignals: false })
  expect(runs.map(({ backfill }) => backfill)).toEqual([null, 'first'])
  const filled = ranges.slice(before)
  expect([rows, sum(filled, (range) => range.rows)]).toEqual([25, 25])
  const read = filled.filter((range) => range.rows > 0)
  expect(new Set(read.map(({ task, partition }) => `${task} reads ${partition}`))).toEqual(new Set(['memory.backfill.first-0 reads memory-0']))
  expect(filled.filter(({ task }) => task === 'merge').length).toBeGreaterThan(0)
  expect(ends).toMatchObject([{ how: 'done' }, { how: 'done' }])
})
