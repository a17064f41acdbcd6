import { asyncScheduler, bufferCount, delay, filter, type MonoTypeOperatorFunction, map, observeOn, of, switchMap, take } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../../packages/core/src/batch/batch.ts'
import type { Source } from '../../packages/core/src/connectors/source.ts'
import type { Flows } from '../../packages/core/src/dataflow/graph.ts'
import { into } from '../../packages/core/src/operators/into.ts'
import { rows } from '../../packages/core/src/operators/rows.ts'
import { statefulOperator } from '../../packages/core/src/operators/stateful-operator.ts'
import { toBatches } from '../../packages/core/src/operators/to-batches.ts'
import { pipeline } from '../../packages/core/src/pipeline/pipeline.ts'
import type { TaskRecord } from '../../packages/core/src/records/task-record.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { type MemorySink, memorySink } from '../../packages/core/src/testing/memory-sink.ts'
import { memorySource } from '../../packages/core/src/testing/memory-source.ts'
import { type Event, Event as EventSchema, lake, memoryWorld, messages, type Script } from '../../packages/core/test/lake.ts'

const setup = (
  flow: (events: Parameters<Flows<Event>>[0], sink: MemorySink<Event>) => ReturnType<Flows<Event>>[string],
  script: Script = [1, 2, 3, 4],
  source: Partial<Source<Event>> = {},
) => {
  const [log, sink] = [memoryLog(), memorySink<Event>()]
  const from = { ...memorySource({ schema: EventSchema, partitions: [messages(script)], chunk: 1 }), ...source }
  const run = (name = 'p') =>
    pipeline({ name, source: from, log, range: { rows: 2 }, flows: (events) => ({ f: flow(events, sink) }) }).run({ handleSignals: false })
  return { log, sink, run, records: () => [...(log.records.get('memory-0')?.values() ?? [])].map(({ body }) => body as unknown as TaskRecord) }
}

test('2.1 a range ends where the source says, not behind the last message', async () => {
  const inner = memorySource({ schema: EventSchema, partitions: [messages([1, 2])] })
  const { run, records } = setup((events, sink) => events.pipe(into(sink)), [1, 2], {
    open: async (...args) => {
      const reader = await inner.open(...args)
      return { ...reader, read: async (max) => reader.read(max).then((chunk) => (chunk === 'end' ? chunk : { ...chunk, position: 9 })) }
    },
  })
  await run()
  expect(records().map(({ to }) => to)).toContain(9)
})

describe('2.2 before the first row', () => {
  test.each([
    ['bufferCount', bufferCount<Batch<Event>>(3)],
    ['delay', delay<Batch<Event>>(1)],
    ['observeOn', observeOn<Batch<Event>>(asyncScheduler)],
    ['a filter that drops empty batches', filter<Batch<Event>>((batch) => batch.length > 0)],
  ])('%s is refused', async (_, operator) => {
    const { run, sink, log } = setup((events, sink) => events.pipe(operator as MonoTypeOperatorFunction<Batch<Event>>, into(sink)))
    await expect(run()).rejects.toMatchObject({ code: 'FLOW_SILENT', message: expect.stringContaining('"f"') })
    expect([sink.files.size, log.records.size]).toEqual([0, 0])
  })
})

test('2.2 toBatches gives what it holds at the end of each range', async () => {
  const { run, sink } = setup((events, sink) => events.pipe(rows(), toBatches(EventSchema, 1000), into(sink)))
  await run()
  expect([...sink.files.values()].map((file) => file.length).filter(Boolean)).toEqual([2, 2])
})

test('2.2 a batch that reaches its sink outside of its push stops the pipeline, naming the flow', async () => {
  const late = switchMap((batch: Batch<Event>) => (batch.length === 0 ? of(batch) : Promise.resolve(batch)))
  const { run, sink, records } = setup((events, sink) => events.pipe(late, into(sink)))
  await expect(run()).rejects.toMatchObject({ code: 'OPERATOR_ASYNC', message: expect.stringContaining('"f"') })
  expect(sink.rows).toEqual([])
  expect(records().map(({ counts }) => counts.rows)).toEqual([0])
})

test('2.3 an operator that throws stops the pipeline before anything of that range is committed', async () => {
  const { run, sink, records } = setup((events, sink) =>
    events.pipe(
      map((batch) => {
        for (const { at } of batch) if (at.getUTCSeconds() === 4) throw new Error('four')
        return batch
      }),
      into(sink),
    ),
  )
  await expect(run()).rejects.toMatchObject({ code: 'FLOW_FAILED', message: expect.stringContaining('four') })
  expect(sink.rows.map(({ at }) => at.getUTCSeconds())).toEqual([1, 2])
  expect(records().at(-1)?.to).toBe(2)
})

test('2.3 a flow that completes before its source stops the pipeline', async () => {
  const { run, sink } = setup((events, sink) => events.pipe(take(2), into(sink)))
  await expect(run()).rejects.toMatchObject({ code: 'FLOW_COMPLETED' })
  expect(sink.rows).toEqual([])
})

const numbered = (id = 'n') =>
  statefulOperator<Event, Event, { n: number }>({
    id,
    init: () => ({ n: 0 }),
    onBatch: (state, batch) => {
      state.n++
      return batch
    },
    snapshot: ({ n }) => ({ n }),
    restore: (s) => s as { n: number },
  })

test('2.4 an operator with memory cannot be subscribed while the pipeline runs', async () => {
  const later = switchMap((batch: Batch<Event>) => (batch.length === 0 ? of(batch) : of(batch).pipe(numbered())))
  const { run, sink } = setup((events, sink) => events.pipe(later, into(sink)))
  await expect(run()).rejects.toMatchObject({ code: 'OPERATOR_SCOPE' })
  expect(sink.rows).toEqual([])
})

test('2.4 two operators of one id in one flow are refused, in two flows they are two', async () => {
  const { run } = setup((events, sink) => events.pipe(numbered(), numbered(), into(sink)))
  await expect(run()).rejects.toMatchObject({ code: 'OPERATOR_SCOPE' })
  expect((await setup((events, sink) => events.pipe(numbered('a'), numbered('b'), into(sink))).run()).rows).toBe(4)
})

describe('2.5 while a range is encoded the next is read', () => {
  const order = (fail = false) => {
    const calls: string[] = []
    const all = memorySink<Event>()
    const sink = {
      ...all,
      open: async (...args: Parameters<typeof all.open>) => {
        const writer = await all.open(...args)
        return {
          ...writer,
          write: (batch: Batch<Event>) => {
            calls.push('write')
            return writer.write(batch)
          },
          stage: async (...range: Parameters<typeof writer.stage>) => {
            const staged = writer.stage(...range)
            if (range[0] === 1) await new Promise((resolve) => setTimeout(resolve, 40))
            calls.push(`staged ${range[0]}`)
            if (fail && range[0] === 1) throw new Error('encoder')
            return staged
          },
          publish: (staged: Parameters<typeof writer.publish>[0]) => {
            calls.push(`publish ${staged.n}`)
            return writer.publish(staged)
          },
        }
      },
    }
    return { calls, sink }
  }
  const go = (sink: ReturnType<typeof order>['sink']) => {
    const fresh = memoryWorld([[1, 2, 3, 4, 5, 6]], { chunk: 1 })
    return { fresh, running: lake({ ...fresh, sinks: { ...fresh.sinks, all: sink } }, { range: { rows: 2 } }).run({ handleSignals: false }) }
  }

  test('and recorded only when the first is published', async () => {
    const { calls, sink } = order()
    await go(sink).running
    const slow = calls.indexOf('staged 1')
    const before = calls.slice(calls.indexOf('publish 0'), slow).filter((call) => call === 'write')
    expect(before.length).toBeGreaterThan(2)
    expect(calls.indexOf('publish 1')).toBeLessThan(calls.indexOf('staged 2'))
  })

  /** Everything that happens, where recording range 1 takes its time, or fails. */
  const recorded = async (stagesAhead: boolean, fail = false) => {
    const { calls, sink } = order()
    const open: typeof sink.open = async (...args) => ({ ...(await sink.open(...args)), stagesAhead })
    const fresh = memoryWorld([Array.from({ length: 12 }, (_, i) => i)], { chunk: 1 })
    const append: typeof fresh.log.append = async (task, record) => {
      if (task === 'memory-0' && record.n === 1) {
        await new Promise((resolve) => setTimeout(resolve, 40))
        if (fail) throw new Error('no log')
      }
      if (task === 'memory-0') calls.push(`record ${record.n}`)
      return fresh.log.append(task, record)
    }
    const running = lake({ ...fresh, log: { ...fresh.log, append }, sinks: { ...fresh.sinks, all: { ...sink, open } } }, { range: { rows: 2 } }).run({
      handleSignals: false,
    })
    const error: unknown = await running.then(
      () => null,
      (reason) => reason,
    )
    return { calls: calls.filter((call) => call !== 'write'), error, latest: await fresh.log.latest('memory-0') }
  }
  const inOrder = (calls: readonly string[], ...wanted: string[]) => expect(calls.filter((call) => wanted.includes(call))).toEqual(wanted)

  test('and staged while the first is recorded, where its writers can, but no more than that one', async () => {
    const { calls } = await recorded(true)
    inOrder(calls, 'staged 1', 'staged 2', 'record 1', 'publish 1', 'record 2', 'publish 2')
    inOrder(calls, 'publish 1', 'staged 3')
  })

  test('and staged after the first is published, where a writer cannot', async () => {
    const { calls } = await recorded(false)
    inOrder(calls, 'staged 1', 'record 1', 'publish 1', 'staged 2', 'record 2', 'publish 2')
  })

  test('and thrown away when the first cannot be recorded, although it is staged', async () => {
    const { calls, error, latest } = await recorded(true, true)
    expect(error).toMatchObject({ message: expect.stringContaining('no log') })
    expect(calls).toEqual(['staged 0', 'record 0', 'publish 0', 'staged 1', 'staged 2'])
    expect(latest).toBe(0)
  })

  test('and thrown away when the first fails', async () => {
    const { calls, sink } = order(true)
    const { fresh, running } = go(sink)
    await expect(running).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining('encoder') })
    expect(await fresh.log.latest('memory-0')).toBe(0)
    expect(calls).not.toContain('staged 2')
  })
})

test('2.6, law 8 the bytes that sinks hold stay below the limit, however much there is to read', async () => {
  const memory = 40_000
  let [held, most] = [0, 0]
  const inner = memorySink<Event>()
  const sink = {
    ...inner,
    open: async (...args: Parameters<typeof inner.open>) => {
      const writer = await inner.open(...args)
      let open = 0
      return {
        ...writer,
        write: (batch: Batch<Event>) => {
          open += batch.bytes
          held += batch.bytes
          most = Math.max(most, held)
          return writer.write(batch)
        },
        stage: async (...range: Parameters<typeof writer.stage>) => {
          const cut = open
          open = 0
          const staged = await writer.stage(...range)
          await new Promise((resolve) => setTimeout(resolve, 2))
          held -= cut
          return staged
        },
      }
    },
  }
  const partitions = [0, 1, 2].map((p) =>
    messages(
      Array.from({ length: 4000 }, (_, i) => i),
      p,
    ),
  )
  const source = memorySource({ schema: EventSchema, partitions, chunk: 50 })
  await pipeline({ name: 'p', source, log: memoryLog(), memory, flows: (events) => ({ f: events.pipe(into(sink)) }) }).run({ handleSignals: false })
  expect(inner.rows).toHaveLength(12_000)
  expect(most).toBeGreaterThan(memory / 4)
  expect(most).toBeLessThanOrEqual(memory)
})

test('2.6 a commit that ends while the task looks at the others does not leave it waiting for memory', async () => {
  const [log, inner] = [memoryLog(), memorySink<Event>()]
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  const many = messages(Array.from({ length: 240 }, (_, i) => i))
  const given = memorySource({ schema: EventSchema, partitions: [many, messages([1000, 1001], 1)], chunk: 60 })
  // The other partition is far ahead, and then quiet until the first has ended: nothing of it wakes the first.
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const source: typeof given = {
    ...given,
    open: async (id, from, options) => {
      const reader = await given.open(id, from, options)
      let reads = 0
      const read: typeof reader.read = async (max) => {
        if (id === 'memory-1' && reads++ > 0) await ended
        const chunk = await reader.read({ ...max, rows: id === 'memory-1' ? 1 : max.rows })
        if (id === 'memory-0' && chunk === 'end') end()
        return chunk
      }
      return { ...reader, read }
    },
  }
  await pipeline({
    name: 'p',
    source,
    // Looking takes longer than a commit.
    log: { ...log, head: (task: string) => pause(20).then(() => log.head(task)) },
    memory: 1500,
    maxDrift: '1 second',
    flows: (events) => ({ f: events.pipe(into({ ...inner, open: async (...args) => slowly(await inner.open(...args)) })) }),
  }).run({ handleSignals: false })
  expect(inner.rows).toHaveLength(242)
  function slowly(writer: Awaited<ReturnType<typeof inner.open>>) {
    return { ...writer, stage: (...range: Parameters<typeof writer.stage>) => pause(5).then(() => writer.stage(...range)) }
  }
})
