import { expect, test } from 'vitest'
import type { Json } from '../../packages/core/src/base/json.ts'
import type { Batch } from '../../packages/core/src/batch/batch.ts'
import { watermarksOf } from '../../packages/core/src/batch/batch.ts'
import type { Sink, Standing } from '../../packages/core/src/connectors/sink.ts'
import type { Source } from '../../packages/core/src/connectors/source.ts'
import { filterRows } from '../../packages/core/src/operators/filter-rows.ts'
import { into } from '../../packages/core/src/operators/into.ts'
import { pipeline } from '../../packages/core/src/pipeline/pipeline.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { memorySource } from '../../packages/core/src/testing/memory-source.ts'
import { quickClock } from '../../packages/core/src/testing/quick-clock.ts'
import { Event, memorySinks, messages } from '../../packages/core/test/lake.ts'

const base = Date.UTC(2026, 0, 1)

/** A source that tells its watermarks: three seconds behind the row before, and counts in its memory what it has read. */
function telling(seconds: readonly number[], chunk: number): { source: Source<Event>; opened: (Json | undefined)[] } {
  const rows = messages([...seconds])
  const inner = memorySource({ schema: Event, partitions: [rows], chunk })
  const opened: (Json | undefined)[] = []
  const before = (i: number) => (i === 0 ? Number.NEGATIVE_INFINITY : base + ((seconds[i - 1] as number) - 3) * 1000)
  return {
    opened,
    source: {
      ...inner,
      async open(partition, from, options) {
        opened.push(options.memory)
        let read = (options.memory as number | undefined) ?? 0
        const reader = await inner.open(partition, from, options)
        return {
          ...reader,
          async read(max) {
            const found = await reader.read(max)
            if (found === 'end') return found
            const watermarks = Float64Array.from({ length: found.batch.length }, (_, i) => before(read + i))
            read += found.batch.length
            return { ...found, watermarks, watermark: before(read), memory: read }
          },
        }
      },
    },
  }
}

/** Notes what a sink can see of time. */
function watching() {
  const seen: (number | null)[] = []
  const standings: Standing[] = []
  const sink: Sink<Event> = {
    target: null,
    open: async () => ({
      write: async (batch: Batch<Event>) => void seen.push(...[...(watermarksOf(batch) ?? [Number.NaN])].map((ms) => (ms - base) / 1000)),
      stage: async (_n, _attempt, { standing }) => {
        if (standing) standings.push(standing)
        return null
      },
      publish: async () => {},
      sweep: async () => {},
      close: async () => {},
    }),
  }
  return { sink, seen, standings }
}

const run = (source: Source<Event>, sink: Sink<Event>, rows: number, log = memoryLog(), dies = false) =>
  pipeline({
    name: 'told',
    source,
    log: dies ? { ...log, append: (task, record) => (record.n > 2 ? Promise.reject(new Error('died')) : log.append(task, record)) } : log,
    clock: quickClock,
    range: { rows },
    maxOutOfOrderness: '1 second',
    deadLetters: memorySinks().dead,
    flows: (events) => ({
      all: events.pipe(
        filterRows((row) => row.who >= 0),
        into(sink),
      ),
    }),
  }).run({ handleSignals: false })

const seconds = [10, 50, 20, 30, 60]
const wanted = [Number.NEGATIVE_INFINITY, 7, 47, 47, 47]

test('a source that knows tells the watermark before each row: event times do not move it, it never goes back, chunks change nothing', async () => {
  for (const chunk of [1, 2, 5]) {
    const { sink, seen } = watching()
    await run(telling(seconds, chunk).source, sink, 100)
    expect(seen, `chunks of ${chunk}`).toEqual(wanted)
  }
})

test('the memory of a reader rides in the record, and comes back with the position', async () => {
  const log = memoryLog()
  const first = telling(seconds, 1)
  const [one, two] = [watching(), watching()]
  await expect(run(first.source, one.sink, 1, log, true)).rejects.toThrow('died')
  const second = telling(seconds, 1)
  await run(second.source, two.sink, 1, log)
  expect(first.opened).toEqual([undefined])
  // Record 0 is the empty one, so records 1 and 2 hold a row each.
  expect(second.opened).toEqual([2])
  expect(two.seen).toEqual(wanted.slice(2))
})

test('a sink learns where its task stands at the end of each range', async () => {
  const { sink, standings } = watching()
  await run(memorySource({ schema: Event, partitions: [messages([10, 20]), messages([])], chunk: 1 }), sink, 1)
  const tasks = ['memory-0', 'memory-1']
  const at = (second: number) => base + (second - 1) * 1000
  const of = (watermark: number, state: Standing['state']) => ({ watermark, state, tasks })
  expect(standings).toEqual(
    expect.arrayContaining([
      of(Number.NEGATIVE_INFINITY, 'running'),
      of(at(10), 'running'),
      of(at(20), 'running'),
      of(at(20), 'ended'),
      of(Number.NEGATIVE_INFINITY, 'ended'),
    ]),
  )
  const bounded = watching()
  await run(memorySource({ schema: Event, partitions: [messages([10])], until: 'now' }), bounded.sink, 1)
  expect(bounded.standings.at(-1)).toEqual({ watermark: at(10), state: 'done', tasks: ['memory-0'] })
})
