import { describe, expect, test } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import { count } from '../aggregate/count.ts'
import type { Json } from '../base/json.ts'
import type { Source } from '../connectors/source.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { MERGE } from '../records/merge-record.ts'
import type { RunEnd } from '../records/run-end.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { tumbling } from '../window/tumbling.ts'
import { makeContext } from './make-context.ts'
import { type PipelineOptions, resolveOptions } from './options.ts'
import { prepare } from './prepare.ts'

interface Given extends Partial<PipelineOptions<Event, Json>> {
  /** How many partitions the source has by now. */
  readonly partitions?: number
  readonly nature?: Partial<Source<Event, Json>>
  readonly merges?: boolean
  readonly ends?: RunEnd | null
}

const flows =
  (merges: boolean): PipelineOptions<Event, Json>['flows'] =>
  (rows) =>
    merges
      ? { w: rows.pipe(windowed(tumbling({ size: '1 minute' }), { aggregate: { n: count() } }), into(memorySink('w') as never)) }
      : { all: rows.pipe(into(memorySink<Event>('all'))) }

async function context({ partitions = 2, nature, merges = false, ends = null, ...more }: Given = {}) {
  const all = Array.from({ length: partitions }, (_, p) => messages([1, 2], p))
  const options: PipelineOptions<Event, Json> = {
    name: 'p',
    source: { ...memorySource({ schema: Event, partitions: all, until: 'now' }), ...nature },
    log: memoryLog(),
    clock: quickClock,
    flows: flows(merges),
    ...more,
  }
  const resolved = resolveOptions(options)
  return makeContext(options, resolved, await prepare(options, resolved), ends)
}

/** A merge record that says so. */
const merged = (log: ReturnType<typeof memoryLog>, body: object) =>
  log.append(MERGE, { n: 0, attempt: 'a', files: {}, body: { position: {}, joined: [], shown: {}, expired: 0, ...body } })

describe('partitions', () => {
  test('are those that the pipeline began with, then those that joined, then those that the source has by now', async () => {
    const log = memoryLog()
    await context({ log, partitions: 1 })
    await merged(log, { joined: ['memory-2'] })
    const { partitions, begun } = await context({ log, partitions: 3 })
    expect(partitions).toEqual(['memory-0', 'memory-2', 'memory-1'])
    expect(begun).toEqual(['memory-0'])
  })

  test('that went away are left out where a source may shrink: they were read to their end', async () => {
    const log = memoryLog()
    await context({ log, partitions: 2 })
    for (const mayShrink of [false, true]) {
      const { partitions } = await context({ log, partitions: 2, nature: { mayShrink } })
      expect(partitions).toEqual(['memory-0', 'memory-1'])
    }
    await log.append('memory-1', { n: 0, attempt: 'a', files: {}, body: { from: 0, to: 2, idle: false, ended: true, watermark: null } })
    expect((await context({ log, partitions: 1, nature: { mayShrink: true } })).partitions).toEqual(['memory-0'])
  })
})

describe('startOf', () => {
  test('is where the pipeline began, and the earliest position of what was added later', async () => {
    const log = memoryLog()
    const source = (partitions: number): Given => ({
      partitions,
      nature: {
        describe: async () => {
          const info = await memorySource({ schema: Event, partitions: Array.from({ length: partitions }, () => messages([1, 2])) }).describe()
          return { ...info, partitions: info.partitions.map((one) => ({ ...one, start: 2, earliest: 1 })) }
        },
      },
    })
    await context({ log, ...source(1) })
    const { startOf } = await context({ log, ...source(2) })
    expect([await startOf('memory-0'), await startOf('memory-1')]).toEqual([2, 1])
  })

  test('is an error that may be tried again where the source does not have it', async () => {
    await expect((await context()).startOf('memory-9')).rejects.toMatchObject({ code: 'SOURCE_CHANGED', retryable: true })
  })
})

test('endOf is where a bounded run ends', async () => {
  const { endOf } = await context({ ends: { 'memory-0': 2 } })
  expect([endOf('memory-0'), endOf('memory-1')]).toEqual([2, undefined])
  expect((await context()).endOf('memory-0')).toBeUndefined()
})

describe('neededFrom', () => {
  test('keeps no record of a task for a merge that there is not', async () => {
    expect(await (await context()).neededFrom('memory-0')).toBe(Number.POSITIVE_INFINITY)
  })

  test('keeps all of them until the merge has committed some, and then those after its position', async () => {
    const log = memoryLog()
    const { neededFrom } = await context({ log, merges: true })
    expect(await neededFrom('memory-0')).toBe(-1)
    await merged(log, { position: { 'memory-0': 4 } })
    expect([await neededFrom('memory-0'), await neededFrom('memory-1')]).toEqual([4, -1])
  })
})

test('rests where the next program may lack a sink', async () => {
  expect((await context()).rests).toBe(false)
  expect((await context({ changes: { added: 'current' } })).rests).toBe(false)
  expect((await context({ changes: { dropped: 'remember' } })).rests).toBe(true)
  expect((await context({ changes: { changed: 'next-version' } })).rests).toBe(true)
})

test('a task of the pipeline reads the partition that it is called by', async () => {
  const { originOf, logId, name, reference } = await context()
  expect(originOf('memory-0')).toBe('memory-0')
  expect([typeof logId, name, typeof reference]).toEqual(['string', 'p', 'number'])
})
