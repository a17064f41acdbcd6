import { describe, expect, test } from 'vitest'
import { Event, type LakeOptions, lake, memorySinks, messages, type Script } from '../../test/lake.ts'
import { latestOf } from '../../test/revisions.ts'
import { count } from '../aggregate/count.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import type { Sink } from '../connectors/sink.ts'
import type { Source } from '../connectors/source.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { MERGE } from '../records/merge-record.ts'
import { crashEverywhere, eachStep } from '../testing/crash-everywhere.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { tumbling } from '../window/tumbling.ts'
import { pipeline } from './pipeline.ts'
import { seconds, topic } from './topic.fixture.ts'

const base = Date.UTC(2026, 0, 1)
/** Two partitions of forty rows each, three minutes of event time. */
const scripts: readonly Script[] = [seconds(0, 40), [...seconds(0, 20), 'not JSON', ...seconds(21, 40)]]
const all = () => scripts.map((script, p) => messages(script, p))

const inLake = (source: Source<Event>, log: CommitLog, sinks: ReturnType<typeof memorySinks>, options: LakeOptions = {}) =>
  lake({ source, log, sinks }, options)
const quiet = { handleSignals: false } as const
const keyOf = ({ at, who }: Event) => `${at.getTime()} ${who}`

/** The same as one pipeline that read all from the start: nothing missing, nothing twice, each window whole. */
async function expectWhole(sinks: ReturnType<typeof memorySinks>): Promise<void> {
  const whole = memorySinks()
  await inLake(topic(all(), { start: [0, 0], until: 'complete' }), memoryLog(), whole).run(quiet)
  expect(sinks.all.rows.map(keyOf).sort()).toEqual(whole.all.rows.map(keyOf).sort())
  expect(sinks.some.rows.length).toBe(whole.some.rows.length)
  const dead = (rows: typeof whole.dead.rows) => rows.map(({ topic: name, partition, position }) => [name, partition, position])
  expect(dead(sinks.dead.rows)).toEqual(dead(whole.dead.rows))
  expect(latestOf(sinks.windows.rows)).toEqual(latestOf(whole.windows.rows))
}

describe('a backfill', () => {
  test('reads what lies before the place where the pipeline began; run again, it changes nothing', async () => {
    const [log, sinks] = [memoryLog(), memorySinks()]
    const pipe = inLake(topic(all(), { start: [25, 22] }), log, sinks)
    expect(await pipe.run(quiet)).toMatchObject({ how: 'done', rows: 33 })
    expect(await pipe.backfill({ name: 'first', from: 'earliest', ...quiet })).toMatchObject({ how: 'done', rows: 47, rejected: 1, expired: 0 })
    await expectWhole(sinks)
    const files = [...sinks.all.files.keys()]
    expect(files.some((name) => name.startsWith('memory.backfill.first-0-'))).toBe(true)
    expect(await inLake(topic(all(), { start: [25, 22] }), log, sinks).backfill({ name: 'first', from: 'earliest', ...quiet })).toMatchObject({
      rows: 0,
    })
    expect(await pipe.backfill({ name: 'again', from: 'earliest', ...quiet })).toMatchObject({ rows: 0 })
    expect(await pipe.run(quiet)).toMatchObject({ rows: 0 })
    expect([...sinks.all.files.keys()]).toEqual(files)
    // Its tasks are no partitions that joined: nobody would read them.
    expect(await log.head(MERGE)).toMatchObject({ body: { joined: [] } })
    await expectWhole(sinks)
  })

  test('continues beside the pipeline, whose windows it holds up no more than their rows', async () => {
    const [log, sinks] = [memoryLog(), memorySinks()]
    const data = all()
    const later = data.map((messages) => messages.splice(30))
    const stop = new AbortController()
    const pipe = inLake(topic(data, { start: [20, 20], until: 'never' }), log, sinks)
    const live = pipe.run({ ...quiet, signal: stop.signal })
    while (sinks.all.rows.length < 15) await new Promise((done) => setTimeout(done, 5))
    const filling = pipe.backfill({ name: 'before', from: 'earliest', ...quiet })
    for (const [p, more] of later.entries()) data[p]?.push(...more)
    expect(await filling).toMatchObject({ how: 'done', rows: 40 })
    while (sinks.all.rows.length < 79) await new Promise((done) => setTimeout(done, 5))
    stop.abort()
    await live
    // The end of a bounded run shows what a pipeline without an end has open.
    await inLake(topic(data, { start: [20, 20], until: 'complete' }), log, sinks).run(quiet)
    await expectWhole(sinks)
  })

  test('in pieces, each less what others have', async () => {
    const [log, sinks] = [memoryLog(), memorySinks()]
    const pipe = inLake(topic(all(), { start: [30, 30] }), log, sinks)
    await pipe.run(quiet)
    const at = (second: number) => new Date(base + second * 1000)
    expect(await pipe.backfill({ name: 'middle', from: at(40), until: at(72), ...quiet })).toMatchObject({ rows: 16 })
    await expect(pipe.backfill({ name: 'both', from: 'earliest', ...quiet })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('[0, 10) and [18, 30) are not in the log yet'),
    })
    expect(await pipe.backfill({ name: 'end', from: at(60), ...quiet })).toMatchObject({ rows: 24 })
    expect(await pipe.backfill({ name: 'start', from: 'earliest', until: at(70), ...quiet })).toMatchObject({ rows: 20 })
    await expectWhole(sinks)
  })

  test('far older than `keepFor`: its windows were never shown, and are whole', async () => {
    const [log, sinks] = [memoryLog(), memorySinks()]
    const pipe = inLake(topic(all(), { start: [30, 30] }), log, sinks, { keepFor: '1 second' })
    await pipe.run(quiet)
    expect(await pipe.backfill({ name: 'old', from: 'earliest', ...quiet })).toMatchObject({ rows: 60, expired: 0 })
    await expectWhole(sinks)
    // Shown once, when both tasks of the backfill had passed them.
    const early = sinks.windows.rows.filter(({ window_end }) => window_end.getTime() <= base + 110_000)
    expect(early.every(({ revision }) => revision === 0)).toBe(true)
  })

  test('that was stopped continues, and no other begins before it is done', async () => {
    const [log, sinks] = [memoryLog(), memorySinks()]
    const pipe = inLake(topic(all(), { start: [40, 40] }), log, sinks)
    await pipe.run(quiet)
    const stop = new AbortController()
    const dying = {
      ...log,
      append: (task: string, record: Parameters<CommitLog['append']>[1]) =>
        record.n > 1 && task.includes('backfill') ? Promise.reject(new Error('died')) : log.append(task, record),
    }
    await expect(inLake(topic(all(), { start: [40, 40] }), dying, sinks).backfill({ name: 'first', from: 'earliest', ...quiet })).rejects.toThrow(
      'died',
    )
    await expect(pipe.backfill({ name: 'second', from: 'earliest', ...quiet })).rejects.toThrow('"first" of this log is not finished')
    stop.abort()
    expect(await pipe.backfill({ name: 'first', from: 'earliest', signal: stop.signal, ...quiet })).toMatchObject({ how: 'stopped' })
    await pipe.backfill({ name: 'first', from: new Date(base + 1e6), ...quiet })
    await expectWhole(sinks)
  })

  test('crashes anywhere, and is run again: nothing is missing and nothing twice', async () => {
    const small = [
      [0, 4, 8, 12, 16],
      [1, 5, 9],
    ] as const
    const twoFlows = (source: Source<Event>, log: CommitLog, { all, windows }: Record<string, Sink<never>>) =>
      pipeline({
        name: 'two',
        source,
        log,
        clock: quickClock,
        range: { rows: 2 },
        flows: (events) => ({
          all: events.pipe(into(all as unknown as Sink<Event>)),
          windows: events.pipe(windowed(tumbling({ size: '10 seconds' }), { aggregate: { rows: count() } }), into(windows as never)),
        }),
      })
    const world = async () => {
      const [log, sinks] = [memoryLog(), { all: memorySink('all'), windows: memorySink('windows') }]
      const source = topic(
        small.map((script, p) => messages([...script], p)),
        { start: [3, 1] },
      )
      await twoFlows(source, log, sinks as never).run(quiet)
      return { source, log, sinks: sinks as never as Record<string, Sink<never>> }
    }
    const report = await crashEverywhere({
      // One in three of all steps, before and after: a part of a minute would go for all of them.
      crashes: [...eachStep(120)].filter((_, i) => i % 3 === 0),
      world,
      pipeline: (parts) => {
        const describe = async () => {
          const info = await parts.source.describe()
          return { ...info, partitions: info.partitions.map((one) => ({ ...one, start: 0 })) }
        }
        const source: Source<Event> = { ...parts.source, backfill: () => ({ ...parts.source, describe }) }
        const pipe = twoFlows(source, parts.log, parts.sinks)
        return { ...pipe, run: () => pipe.backfill({ name: 'crashed', from: 'earliest', ...quiet }) }
      },
    })
    expect(report.crashes).toBeGreaterThan(40)
  })

  test('is refused where it cannot be: before the first run, of a source without it, with a bad name or time', async () => {
    const [log, sinks] = [memoryLog(), memorySinks()]
    const refused = (source: Source<Event>, options: Parameters<ReturnType<typeof lake>['backfill']>[0], says: string) =>
      expect(inLake(source, log, sinks).backfill({ ...options, ...quiet })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message: expect.stringContaining(says),
      })
    const source = topic(all(), { start: [0, 0] })
    await refused(source, { name: 'a', from: 'earliest' }, 'run the pipeline first')
    await refused(memorySource({ schema: Event, partitions: all() }), { name: 'a', from: 'earliest' }, 'cannot be read from an earlier place')
    await refused(source, { name: 'a-1', from: 'earliest' }, 'letters, digits and _')
    await refused(source, { name: 'a', from: Number.NaN }, 'from is a Date')
    await refused(source, { name: 'a', from: 5, until: 5 }, 'until')
  })
})
