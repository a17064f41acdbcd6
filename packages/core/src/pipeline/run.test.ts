import { describe, expect, test } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import { count } from '../aggregate/count.ts'
import { TicketsError } from '../base/errors.ts'
import type { Sink } from '../connectors/sink.ts'
import { into } from '../operators/into.ts'
import { mapAsync } from '../operators/map-async.ts'
import { windowed } from '../operators/windowed.ts'
import { lastTaskRecord } from '../records/task-record.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { tumbling } from '../window/tumbling.ts'
import type { PipelineOptions } from './options.ts'
import { pipeline } from './pipeline.ts'

interface Given extends Partial<PipelineOptions<Event, number>> {
  readonly sink?: Sink<Event>
}

const make = ({ sink = memorySink<Event>('f'), ...options }: Given = {}, script: number[][] = [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]) =>
  pipeline({
    name: 'p',
    source: memorySource({ schema: Event, partitions: script.map((seconds, who) => messages(seconds, who)) }),
    log: memoryLog(),
    clock: quickClock,
    flows: (events) => ({ f: events.pipe(into(sink)) }),
    ...options,
  })

describe.each(['complete', 'now'] as const)('a source without partitions that reads until %s', (until) => {
  const flows = (sink: Sink<{ events: number }>) => (events: Parameters<PipelineOptions<Event, number>['flows']>[0]) => ({
    f: events.pipe(windowed(tumbling({ size: '1 second' }), { aggregate: { events: count() } }), into(sink)),
  })
  test.each(['rows', 'windows'])('ends, with a warning: %s', async (kind) => {
    const [told, log, sink] = [[] as string[], memoryLog(), memorySink<{ events: number }>('f')]
    const logger = { debug() {}, info() {}, warn: (message: string) => void told.push(message), error() {} }
    const run = (partitions: ReturnType<typeof messages>[]) =>
      make({ log, logger, source: memorySource({ schema: Event, partitions, until }), ...(kind === 'windows' && { flows: flows(sink) }) }).run({
        handleSignals: false,
      })
    expect(await run([])).toMatchObject({ how: 'done', rows: 0 })
    expect(told).toEqual([expect.stringContaining('memory has no partitions')])
    // Nothing was decided by it: what comes later is read.
    expect(await run([messages([1, 2])])).toMatchObject({ how: 'done', rows: 2 })
    if (kind === 'windows') expect(sink.rows).toHaveLength(2)
  })
})

test('windows that were recorded and not published are published by the next run, though its partitions are assigned late', async () => {
  const source = memorySource({ schema: Event, partitions: [messages([1, 2]), messages([3])], until: 'now' })
  const log = memoryLog()
  const sink = memorySink<{ events: number }>('f')
  const run = (over: Given, to: Sink<{ events: number }>) =>
    make({
      log,
      retries: 0,
      flows: (events) => ({ f: events.pipe(windowed(tumbling({ size: '1 second' }), { aggregate: { events: count() } }), into(to)) }),
      ...over,
    }).run({ handleSignals: false })
  const isAllRead = async () => {
    const last = await Promise.all(['memory-0', 'memory-1'].map((task) => lastTaskRecord(log, task)))
    return last.every((record) => record?.idle === true)
  }
  const dying: typeof sink = {
    ...sink,
    async open(...args) {
      const writer = await sink.open(...args)
      return { ...writer, publish: async (staged) => ((await isAllRead()) ? Promise.reject(new Error('power failure')) : writer.publish(staged)) }
    },
  }
  await expect(run({ source }, dying)).rejects.toThrow('power failure')
  const before = sink.rows.length
  expect(before).toBeLessThan(3)
  const late: typeof source = {
    ...source,
    async partitions(on) {
      const timer = setTimeout(() => on.assigned(['memory-0', 'memory-1']), 300)
      return { close: async () => clearTimeout(timer) }
    },
  }
  expect(await run({ source: late }, sink)).toMatchObject({ how: 'done' })
  expect(sink.rows).toHaveLength(3)
})

test("a user's sink error with `retryable: true` is retried, another one is not", async () => {
  const failing = (step: 'write' | 'stage' | 'publish', retryable: boolean): Sink<Event> => {
    const sink = memorySink<Event>('f')
    let failures = 0
    return {
      ...sink,
      async open(...args) {
        const writer = await sink.open(...args)
        const fail = async () => {
          if (failures++ < 2) throw Object.assign(new Error('busy'), { retryable })
        }
        const steps = {
          write: (...given: Parameters<typeof writer.write>) => fail().then(() => writer.write(...given)),
          stage: (...given: Parameters<typeof writer.stage>) => fail().then(() => writer.stage(...given)),
          publish: (...given: Parameters<typeof writer.publish>) => fail().then(() => writer.publish(...given)),
        }
        return { ...writer, [step]: steps[step] }
      },
    }
  }
  for (const step of ['write', 'stage', 'publish'] as const) {
    await expect(make({ sink: failing(step, false) }).run({ handleSignals: false })).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: false })
    expect(await make({ sink: failing(step, true) }).run({ handleSignals: false })).toMatchObject({ how: 'done', rows: 10 })
  }
})

test('a write that fails while an operator is waited for is no unhandled rejection', async () => {
  const [slow, failing] = [memorySink<Event>('slow'), memorySink<Event>('failing')]
  const write = async () => {
    throw new Error('no room')
  }
  const open: typeof failing.open = async (...args) => ({ ...(await failing.open(...args)), write })
  const later = mapAsync<Event, Event>(Event, (row) => new Promise((done) => setTimeout(() => done(row), 20)))
  const flows = (events: Parameters<PipelineOptions<Event, number>['flows']>[0]) => ({
    slow: events.pipe(later, into(slow)),
    failing: events.pipe(into({ ...failing, open })),
  })
  // vitest fails where a rejection is unhandled, as Node would end.
  await expect(make({ flows }).run({ handleSignals: false })).rejects.toMatchObject({ code: 'SINK_FAILED' })
})

test.each(['write', 'stage'] as const)('a drain with a sink whose %s hangs takes one drainTimeout', async (step) => {
  const sink = memorySink<Event>('f')
  const drain = new AbortController()
  const hangs = () => {
    drain.abort()
    return new Promise<never>(() => {})
  }
  const open: typeof sink.open = async (...args) => ({ ...(await sink.open(...args)), [step]: hangs })
  const maintain = () => new Promise<never>(() => {})
  // A clock that only a timeout moves: how long that takes on this machine does not matter.
  const began = Date.now()
  let now = began
  const clock = {
    now: () => now,
    async sleep(ms: number, signal?: AbortSignal) {
      await quickClock.sleep(1, signal)
      if (!signal?.aborted) now += ms
    },
  }
  const run = make({ sink: { ...sink, open, maintain }, clock, drainTimeout: '1 hour' }).run({ handleSignals: false, signal: drain.signal })
  await expect(run).rejects.toMatchObject({ code: 'DRAIN_DEADLINE' })
  expect(now - began).toBeGreaterThanOrEqual(3_600_000)
  expect(now - began).toBeLessThan(2 * 3_600_000)
})

test('a task that fails again and again gives up only where it does not get on, however few ranges each try brings', async () => {
  const failing = (isBusy: (publication: number) => boolean) => {
    const inner = memorySink<Event>('f')
    let publications = 0
    const sink: Sink<Event> = {
      ...inner,
      open: async (...at) => {
        const writer = await inner.open(...at)
        const publish = async (staged: Parameters<typeof writer.publish>[0]) => {
          if (isBusy(publications++)) throw new TicketsError('SINK_FAILED', 'the disk is busy', { retryable: true })
          await writer.publish(staged)
        }
        return { ...writer, publish }
      },
    }
    return { inner, done: make({ sink, retries: 2, range: { rows: 1 } }).run({ handleSignals: false }) }
  }
  // Each try publishes what the one before has recorded, and fails with the next range.
  const halting = failing((publication) => publication % 2 === 0)
  await halting.done
  // The first try brings most ranges, and each one after it fewer.
  const slowing = failing((publication) => [4, 7, 9, 11].includes(publication))
  await slowing.done
  for (const { inner } of [halting, slowing]) expect(inner.rows).toHaveLength(10)
  await expect(failing((publication) => publication > 4).done).rejects.toMatchObject({ code: 'SINK_FAILED' })
})
