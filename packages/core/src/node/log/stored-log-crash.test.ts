import { expect, it } from 'vitest'
import { Event, messages } from '../../../test/lake.ts'
import { count } from '../../aggregate/count.ts'
import type { CommitLog } from '../../connectors/commit-log.ts'
import type { Sink } from '../../connectors/sink.ts'
import { into } from '../../operators/into.ts'
import { windowed } from '../../operators/windowed.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import { crashEverywhere, type World } from '../../testing/crash-everywhere.ts'
import { type MemorySink, memorySink } from '../../testing/memory-sink.ts'
import { memorySource } from '../../testing/memory-source.ts'
import { type MemoryStorage, memoryStorage } from '../../testing/memory-storage.ts'
import { quickClock } from '../../testing/quick-clock.ts'
import { tumbling } from '../../window/tumbling.ts'
import { commitLog } from './commit-log.ts'

const source = () => memorySource({ schema: Event, partitions: [messages([1, 2, 3]), messages([2, 4])], chunk: 1 })

const run = (from: World['source'], log: CommitLog, sinks: Record<string, unknown>) =>
  pipeline({
    name: 'crashing',
    source: from as ReturnType<typeof source>,
    log,
    clock: quickClock,
    range: { rows: 1 },
    flows: (rows) => ({
      all: rows.pipe(into(sinks.all as MemorySink<Event>)),
      windows: rows.pipe(windowed(tumbling({ size: '2s' }), { id: 'windows', aggregate: { events: count() } }), into(sinks.windows as Sink<unknown>)),
    }),
  })

it('a pipeline whose log is in a storage survives a crash at each of its steps', async () => {
  const report = await crashEverywhere({
    world: (): World => ({ source: source(), log: commitLog(memoryStorage()), sinks: { all: memorySink('all'), windows: memorySink('windows') } }),
    pipeline: ({ source: from, log, sinks }) => run(from, log, sinks),
  })
  expect(report.crashes).toBeGreaterThan(50)
}, 120_000)

/** The storage of a process that dies at its `at`th request, before or after that one acts. */
function dying(storage: MemoryStorage, at: number, isAfter: boolean) {
  let requests = 0
  const died = () => new Error('the process died')
  const wrapped = new Proxy(storage, {
    get(_, key: keyof MemoryStorage) {
      const value = storage[key] as unknown
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        requests++
        if (requests > at || (requests === at && !isAfter)) throw died()
        const answer = await value.apply(storage, args)
        if (requests >= at) throw died()
        return answer
      }
    },
  })
  return { wrapped, requests: () => requests }
}

it('a pipeline survives a death at each request to the storage of its log', async () => {
  const whole = async () => ({ storage: memoryStorage(), sinks: { all: memorySink<Event>('all'), windows: memorySink('windows') } })
  const rowsOf = ({ all, windows }: Awaited<ReturnType<typeof whole>>['sinks']) =>
    [all.rows, windows.rows].map((rows) => rows.map((row) => JSON.stringify(row)).sort())
  const first = await whole()
  const counting = dying(first.storage, Number.POSITIVE_INFINITY, false)
  await run(source(), commitLog(counting.wrapped), first.sinks).run({ handleSignals: false })
  const expected = rowsOf(first.sinks)
  expect(expected[0]).toHaveLength(5)
  expect(expected[1]?.length).toBeGreaterThan(1)
  for (let at = 1; at <= counting.requests(); at++) {
    for (const isAfter of [false, true]) {
      const { storage, sinks } = await whole()
      await run(source(), commitLog(dying(storage, at, isAfter).wrapped), sinks)
        .run({ handleSignals: false })
        .catch(() => {})
      await run(source(), commitLog(storage.open()), sinks).run({ handleSignals: false })
      expect(rowsOf(sinks), `death ${isAfter ? 'after' : 'before'} request ${at}`).toEqual(expected)
    }
  }
}, 120_000)
