import { expect, test } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import { count } from '../aggregate/count.ts'
import type { Json } from '../base/json.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { session } from '../window/session.ts'
import { tumbling } from '../window/tumbling.ts'
import { type PipelineOptions, resolveOptions } from './options.ts'
import { prepare } from './prepare.ts'

const sink = memorySink<Event>('all')
const make = (more: Partial<PipelineOptions<Event, Json>> = {}): PipelineOptions<Event, Json> => ({
  name: 'p',
  source: memorySource({ schema: Event, partitions: [messages([1, 2]), messages([3])] }),
  log: memoryLog(),
  clock: quickClock,
  flows: (rows) => ({ all: rows.pipe(into(sink)) }),
  ...more,
})
const prepared = (options: PipelineOptions<Event, Json>, check?: Parameters<typeof prepare<Event>>[2]) =>
  prepare(options, resolveOptions(options), check)

test('begins the log, and returns what the run needs of it and of the source', async () => {
  const options = make()
  const { record, info, writers, requirements, flows } = await prepared(options)
  expect(record).toMatchObject({
    name: 'p',
    partitions: [
      { id: 'memory-0', start: 0 },
      { id: 'memory-1', start: 0 },
    ],
  })
  expect(info.partitions.map(({ id, end }) => [id, end])).toEqual([
    ['memory-0', 2],
    ['memory-1', 1],
  ])
  expect(writers.all.map(({ flow }) => flow)).toEqual(['all'])
  expect(requirements.size).toBe(0)
  expect(flows).toBeInstanceOf(Function)
  expect((await options.log.pipeline())?.logId).toBe(record.logId)
})

test('takes up the log that has begun, as any other process has it', async () => {
  const options = make()
  const [first, second] = await Promise.all([prepared(options), prepared(options)])
  expect(second.record.logId).toBe(first.record.logId)
  expect((await prepared(options)).record.logId).toBe(first.record.logId)
})

test('refuses flows that the check refuses before the log begins', async () => {
  const options = make()
  const refuse = () => {
    throw new Error('no windows here')
  }
  await expect(prepared(options, refuse)).rejects.toThrow('no windows here')
  expect(await options.log.pipeline()).toBeNull()
})

test('shows the check the graph of the flows, closed', async () => {
  const seen: string[] = []
  await prepared(make(), (graph) => seen.push(...graph.ends.map(({ flow }) => flow)))
  expect(seen).toEqual(['all'])
})

test('refuses flows that need another source before the log begins', async () => {
  const options = make({
    flows: (rows) => ({
      s: rows.pipe(windowed(session({ gap: '1 minute' }), { by: 'kind', aggregate: { n: count() } }), into(memorySink('s') as never)),
    }),
  })
  await expect(prepared(options)).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('keyedBy') })
  expect(await options.log.pipeline()).toBeNull()
  const keyed = { ...options, source: { ...options.source, keyedBy: ['kind'] } }
  expect([...(await prepared(keyed)).requirements.keys()]).toEqual(['s/windowed'])
})

test('refuses a log that began with other flows', async () => {
  const options = make()
  await prepared(options)
  const other = make({
    log: options.log,
    flows: (rows) => ({ all: rows.pipe(windowed(tumbling({ size: '1 minute' }), { aggregate: { n: count() } }), into(memorySink('all') as never)) }),
  })
  await expect(prepared(other)).rejects.toMatchObject({ code: 'PIPELINE_CHANGED' })
  await expect(prepared(make({ log: options.log, name: 'q' }))).rejects.toMatchObject({ code: 'PIPELINE_CHANGED' })
})
