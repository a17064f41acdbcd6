import { describe, expect, test } from 'vitest'
import { Event, messages, numbered, type Script, type WindowOfEvents } from '../../test/lake.ts'
import { latestOf } from '../../test/revisions.ts'
import { count } from '../aggregate/count.ts'
import { sum } from '../aggregate/sum.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import type { DeadLetter } from '../connectors/dead-letter.ts'
import type { Sink } from '../connectors/sink.ts'
import type { Source } from '../connectors/source.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { lastTaskRecord } from '../records/task-record.ts'
import { type CrashEverywhereOptions, crashEverywhere, eachStep, type World } from '../testing/crash-everywhere.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { tumbling } from '../window/tumbling.ts'
import type { FlowChanges } from './changes/flow-changes.ts'
import type { PipelineOptions } from './options.ts'
import { pipeline } from './pipeline.ts'
import { seconds, topic } from './topic.fixture.ts'

const quiet = { handleSignals: false } as const
const backfilled: FlowChanges = { added: 'backfill' }
/** Two partitions of forty rows each, out of step; an invalid message before and one behind the place where the pipeline begins. */
const scripts: readonly Script[] = [
  [...seconds(0, 5), 'early', ...seconds(6, 40)],
  [...seconds(2, 22), 'not JSON', ...seconds(23, 42)],
]
const data = () => scripts.map((script, p) => messages(script, p))

const makeSinks = () => ({
  old: memorySink<Event>('old'),
  joined: memorySink<Event>('joined'),
  windows: memorySink<WindowOfEvents>('windows'),
  updates: memorySink<WindowOfEvents & { is_final: boolean }>('updates'),
  numbered: memorySink('numbered'),
  dead: memorySink<DeadLetter>('dead'),
})
type Sinks = Record<keyof ReturnType<typeof makeSinks>, Sink<never>>

interface Parts {
  readonly source: Source<Event>
  readonly log: CommitLog
  readonly sinks: Sinks
}

function program({ source, log, sinks }: Parts, names: readonly string[], options: Partial<PipelineOptions<Event, number>> = {}) {
  const to = (sink: Sink<never>) => into(sink as Sink<unknown>)
  const aggregate = { rows: count(), people: sum('who') }
  return pipeline({
    name: 'filled',
    source,
    log,
    clock: quickClock,
    deadLetters: sinks.dead as unknown as Sink<DeadLetter>,
    range: { rows: 3 },
    ...options,
    flows: (events) => {
      const all: Record<string, ReturnType<ReturnType<typeof to>>> = {
        old: events.pipe(to(sinks.old)),
        joined: events.pipe(to(sinks.joined)),
        windows: events.pipe(windowed(tumbling({ size: '10s' }), { by: 'kind', aggregate, fill: 'zero' }), to(sinks.windows)),
        updates: events.pipe(windowed(tumbling({ size: '10s' }), { aggregate, emit: 'updates' }), to(sinks.updates)),
        numbered: events.pipe(numbered(), to(sinks.numbered)),
      }
      return Object.fromEntries(names.map((name) => [name, all[name]])) as typeof all
    },
  })
}

function world(start: readonly number[] = [8, 6]) {
  const [log, sinks, rows] = [memoryLog(), makeSinks(), data()]
  const parts = { source: topic(rows, { start }), log, sinks: sinks as unknown as Sinks }
  return { log, sinks, rows, parts, run: (names: readonly string[], options = {}) => program(parts, names, options).run(quiet) }
}

const texts = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort()
const all = ['old', 'joined', 'windows', 'updates']
const filledFlows = ['joined', 'windows', 'updates'] as const

/** The same as of a pipeline that had these flows and read all from the beginning: nothing missing, nothing twice, each window emitted once. */
async function expectWhole(sinks: ReturnType<typeof makeSinks>, flows: readonly (typeof filledFlows)[number][] = filledFlows): Promise<void> {
  const whole = makeSinks()
  await program({ source: topic(data(), { start: [0, 0] }), log: memoryLog(), sinks: whole as unknown as Sinks }, all).run(quiet)
  const finals = (rows: typeof whole.updates.rows) => texts(rows.filter((row) => row.is_final).map(({ revision: _, ...row }) => row))
  for (const flow of flows) {
    if (flow === 'updates') expect(finals(sinks.updates.rows)).toEqual(finals(whole.updates.rows))
    else if (flow === 'windows') expect(latestOf(sinks.windows.rows)).toEqual(latestOf(whole.windows.rows))
    else expect(texts(sinks[flow].rows)).toEqual(texts(whole[flow].rows))
  }
}

describe('a flow that joins with a backfill', () => {
  test('1.5 has what it had given from the beginning of the source, and the others keep what they have', async () => {
    const { run, sinks, log } = world()
    await run(['old'])
    const [before, dead] = [new Map(sinks.old.files), sinks.dead.rows.length]
    const summary = await run(all, { changes: backfilled })
    expect(summary).toMatchObject({ how: 'done', rows: 80, expired: 0 })
    await expectWhole(sinks)
    expect(sinks.old.files).toEqual(before)
    // A message that is a dead letter of the pipeline does not become one again; one from before its beginning does.
    expect(dead).toBe(1)
    expect(sinks.dead.rows.map(({ partition, position }) => [partition, position])).toEqual([
      ['memory-1', 20],
      ['memory-0', 5],
    ])
    const records = new Map(log.records)
    expect(await run(all, { changes: backfilled })).toMatchObject({ rows: 0 })
    expect(await run(all)).toMatchObject({ rows: 0 })
    expect([...log.records.keys()].sort()).toEqual([...records.keys()].sort())
    await expectWhole(sinks)
  })

  test('continues with the others, while it is filled and after that', async () => {
    const { run, sinks, rows, parts } = world()
    const later = rows.map((partition) => partition.splice(25))
    await run(['old'])
    const stop = new AbortController()
    const live = program({ ...parts, source: topic(rows, { start: [8, 6], until: 'never' }) }, all, {
      changes: backfilled,
      range: { rows: 3, time: '20 ms' },
    }).run({ ...quiet, signal: stop.signal })
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await new Promise((done) => setTimeout(done, 5))
    }
    await until(() => sinks.joined.rows.length >= 10)
    for (const [p, more] of later.entries()) rows[p]?.push(...more)
    await until(() => sinks.joined.rows.length === 78 && sinks.old.rows.length === 65)
    stop.abort()
    await live
    await run(all)
    // At the end of each bounded run all windows were shown, so that a later one revises them.
    await expectWhole(sinks, ['joined', 'windows'])
  })

  test('shows no window before all of it is there, however far the others are', async () => {
    const { run, sinks, parts } = world()
    await run(['old'])
    const dying = { ...parts.log, append: refusing(parts.log, (task, n) => task.includes('.change_0') && n > 2) }
    await expect(program({ ...parts, log: dying }, all, { changes: backfilled, keepFor: '1 second' }).run(quiet)).rejects.toThrow('died')
    // The pipeline has emitted and released its windows up to here; those of the new flow wait.
    expect(sinks.windows.rows.filter(({ window_start }) => window_start.getTime() > Date.UTC(2026, 0, 1, 0, 0, 40))).toEqual([])
    await run(all, { keepFor: '1 second' })
    expect(sinks.windows.rows.every(({ revision }) => revision === 0)).toBe(true)
    await expectWhole(sinks)
  })

  test('is filled to the end by a later run where one partition was done and another was not', async () => {
    const { run, sinks, parts } = world()
    await run(['old'])
    const dying: CommitLog = {
      ...parts.log,
      async append(task, record) {
        while (task.endsWith('.change_0-1') && !(await lastTaskRecord(parts.log, 'memory.backfill.change_0-0'))?.ended)
          await new Promise((done) => setTimeout(done, 5))
        if (task.endsWith('.change_0-1')) throw new Error('died')
        return parts.log.append(task, record)
      },
    }
    await expect(program({ ...parts, log: dying }, all, { changes: backfilled }).run(quiet)).rejects.toThrow('died')
    await run(all)
    await expectWhole(sinks)
  })

  test('is not changed or dropped before it is filled', async () => {
    const { run, parts } = world()
    await run(['old'])
    const dying = { ...parts.log, append: refusing(parts.log, (task) => task.includes('.change_0')) }
    await expect(program({ ...parts, log: dying }, all, { changes: backfilled }).run(quiet)).rejects.toThrow('died')
    await expect(run(['old'], { changes: { dropped: 'remember' } })).rejects.toMatchObject({
      code: 'PIPELINE_CHANGED',
      message: expect.stringContaining('the backfill "change_0" is not finished'),
    })
  })

  test('takes no part in a later backfill of what it has already', async () => {
    const { run, sinks, parts } = world()
    await run(['old'])
    await run(all, { changes: backfilled })
    expect(await program(parts, all).backfill({ name: 'before', from: 'earliest', ...quiet })).toMatchObject({ rows: 14 })
    await expectWhole(sinks)
    expect(texts(sinks.old.rows)).toEqual(texts(sinks.joined.rows))
    expect(sinks.dead.rows).toHaveLength(2)
  })

  test('crashes anywhere, with the process that changes the flows, and is run again: nothing is missing and nothing twice', async () => {
    const small = [
      [0, 4, 'no', 12, 16],
      [1, 11],
    ] as const
    const flows = ['old', 'joined', 'windows']
    const options: CrashEverywhereOptions<World> = {
      world: async () => {
        const { old, joined, windows, dead } = makeSinks()
        const rows = small.map((script, p) => messages([...script], p))
        const parts = { source: topic(rows, { start: [1, 0] }), log: memoryLog(), sinks: { old, joined, windows, dead } as unknown as Sinks }
        await program(parts, ['old']).run(quiet)
        rows[0]?.push(...messages([null, null, null, null, null, 25], 0))
        return parts
      },
      pipeline: (parts) => program(parts as Parts, flows, { changes: backfilled }),
    }
    const { steps } = await crashEverywhere({ ...options, crashes: [] })
    expect(steps.some((step) => step.startsWith('log: append memory.backfill.change_0'))).toBe(true)
    // Between two steps that leave something behind, one crash is like another.
    const lasting = [...eachStep(steps.length)].filter(([crash]) =>
      /append|stage|publish|sweep|begin|prepare/.test(steps[(crash?.step ?? 0) - 1] ?? ''),
    )
    const report = await crashEverywhere({ ...options, crashes: lasting })
    expect(report.crashes).toBeGreaterThan(150)
  })

  test('is refused where it could not be exact, before anything is changed', async () => {
    const { run, log, parts } = world()
    await run(['old', 'joined'], { changes: { dropped: 'remember' } })
    await run(['old'], { changes: { dropped: 'remember' } })
    const before = await log.latest('changes')
    const refused = (names: readonly string[], says: string, over = parts) =>
      expect(program(over, names, { changes: backfilled }).run(quiet)).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message: expect.stringContaining(says),
      })
    await refused(['old', 'numbered'], 'the flow "numbered" cannot be filled by a backfill: its operator "numbered" remembers rows')
    await refused(['old', 'joined'], 'the flow "joined" was dropped and has the rows from before that')
    const plain = memorySource({ schema: Event, partitions: data(), until: 'now' })
    await refused(['old', 'windows'], 'memory cannot be read from an earlier place', { ...parts, source: plain })
    expect(await log.latest('changes')).toBe(before)
  })
})

describe('a backfill of some flows', () => {
  test('fills a flow that joined where the pipeline stood, and no other', async () => {
    const { run, sinks, parts } = world([0, 0])
    await run(['old'])
    await run(['old', 'joined'], { changes: { added: 'current' } })
    const before = new Map(sinks.old.files)
    const pipe = program(parts, ['old', 'joined'])
    expect(await pipe.backfill({ name: 'joined', from: 'earliest', flows: ['joined'], ...quiet })).toMatchObject({ rows: 80 })
    expect(await pipe.backfill({ name: 'again', from: 'earliest', ...quiet })).toMatchObject({ rows: 0 })
    expect(sinks.old.files).toEqual(before)
    await expectWhole(sinks, ['joined'])
    expect(sinks.dead.rows).toHaveLength(2)
  })

  test('is refused for flows that lack different rows, and for a flow that is not there', async () => {
    const { run, parts } = world()
    await run(['old'])
    await run(['old', 'joined'], { changes: { added: 'current' } })
    const pipe = program(parts, ['old', 'joined'])
    await expect(pipe.backfill({ name: 'both', from: 'earliest', ...quiet })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/lack different rows: fill each by a backfill of its own, with `flows: \['old'\]`/),
    })
    await expect(pipe.backfill({ name: 'one', from: 'earliest', flows: ['other'], ...quiet })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: 'there is no flow "other" to fill: there is old, joined',
    })
  })

  test('fills what a flow missed that was dropped and came back', async () => {
    const { run, rows, sinks, parts } = world([0, 0])
    const later = rows.map((partition) => partition.splice(20))
    await run(['old', 'joined'], { changes: { dropped: 'remember' } })
    for (const [p, more] of later.entries()) rows[p]?.push(...more.splice(0, 10))
    await run(['old'], { changes: { dropped: 'remember' } })
    await run(['old', 'joined'], { changes: { added: 'current' } })
    for (const [p, more] of later.entries()) rows[p]?.push(...more)
    await run(['old', 'joined'])
    const pipe = program(parts, ['old', 'joined'])
    expect(await pipe.backfill({ name: 'missed', from: 'earliest', ...quiet })).toMatchObject({ rows: 20 })
    await expectWhole(sinks, ['joined'])
  })
})

/** The appends of a log, of which some fail. */
function refusing(log: CommitLog, isRefused: (task: string, n: number) => boolean): CommitLog['append'] {
  return (task, record) => (isRefused(task, record.n) ? Promise.reject(new Error('died')) : log.append(task, record))
}
