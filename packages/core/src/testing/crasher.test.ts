import { describe, expect, it } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import { Batch } from '../batch/batch.ts'
import type { Sink } from '../connectors/sink.ts'
import type { Source } from '../connectors/source.ts'
import { type Crash, Crasher } from './crasher.ts'
import { memoryLog } from './memory-log.ts'
import { memorySink } from './memory-sink.ts'
import { memorySource } from './memory-source.ts'

const record = (n: number, files = {}) => ({ n, attempt: 'a', files, body: null })
const range = { from: 0, to: 1, empty: false }
const row: Event = { at: new Date(0), kind: 'a', who: 1 }

/** Real parts, and the same as the pipeline sees them. */
function world(crash?: Crash, more: { source?: Partial<Source<Event>>; sink?: Partial<Sink<Event>> } = {}) {
  const log = memoryLog()
  const all = memorySink<Event>('all')
  const source: Source<Event> = { ...memorySource({ schema: Event, partitions: [messages([1, 2])] }), ...more.source }
  const crasher = new Crasher(crash)
  const sinks = { all: { ...all, ...more.sink } as Sink<never> }
  return { log, all, crasher, seen: crasher.wrap({ source, log, sinks }) }
}

async function writerOf({ seen }: ReturnType<typeof world>) {
  return (seen.sinks.all as Sink<Event>).open({ logId: 'x', task: 'memory-0', flow: 'all' }, Event)
}

it('lets everything through, and tells the calls in their order', async () => {
  const { crasher, seen, log } = world()
  await seen.log.append('memory-0', record(0))
  const found: number[] = []
  for await (const { n } of seen.log.read('memory-0', -1)) found.push(n)
  await seen.source.describe()
  expect(found).toEqual([0])
  expect(log.records.get('memory-0')?.size).toBe(1)
  expect(crasher.calls).toEqual(['log: append memory-0/0', 'log: read memory-0/0', 'log: read memory-0/1', 'source: describe'])
  expect([crasher.hit, crasher.dead, crasher.violations]).toEqual([false, false, []])
})

describe('death', () => {
  it('before a call keeps it from acting', async () => {
    const { crasher, seen, log } = world({ step: 2, when: 'before' })
    await seen.log.append('memory-0', record(0))
    await expect(seen.log.append('memory-0', record(1))).rejects.toThrow('died at "log: append memory-0/1"')
    expect(await log.latest('memory-0')).toBe(0)
    expect([crasher.hit, crasher.dead]).toEqual([true, true])
  })

  it('after a call lets it act, and loses its answer', async () => {
    const { crasher, seen, log } = world({ step: 2, when: 'after' })
    await seen.log.append('memory-0', record(0))
    await expect(seen.log.append('memory-0', record(1))).rejects.toThrow('died')
    expect(await log.latest('memory-0')).toBe(1)
    expect([crasher.hit, crasher.dead]).toEqual([true, true])
  })

  it('lets nothing act afterwards, and is no step', async () => {
    const { crasher, seen, log } = world({ step: 1, when: 'after' })
    await expect(seen.log.latest('memory-0')).rejects.toThrow('died')
    await expect(seen.log.append('memory-0', record(0))).rejects.toThrow('died')
    await expect(seen.source.describe()).rejects.toThrow('died')
    expect(await log.latest('memory-0')).toBe(-1)
    expect(crasher.calls).toHaveLength(1)
  })

  it('closes nothing: a dead process releases nothing in an orderly way', async () => {
    const closed: string[] = []
    const open: Source<Event>['open'] = async () => ({ read: async () => 'end' as const, close: async () => void closed.push('reader') })
    const { seen } = world({ step: 2, when: 'before' }, { source: { open } })
    const reader = await seen.source.open('memory-0', 0, { maxFuture: 0 })
    await expect(seen.log.latest('memory-0')).rejects.toThrow('died')
    await reader.close()
    expect(closed).toEqual([])
  })
})

it('a fault is one call that may be tried again, and the process lives on', async () => {
  for (const when of ['before', 'after'] as const) {
    const { crasher, seen, log } = world({ step: 1, when, how: 'fault' })
    await expect(seen.log.append('memory-0', record(0))).rejects.toMatchObject({ retryable: true })
    expect(await log.latest('memory-0')).toBe(when === 'before' ? -1 : 0)
    expect([crasher.hit, crasher.dead]).toEqual([true, false])
    expect(await seen.log.append('memory-0', record(0))).toBe('appended')
  }
})

it('a step beyond the last call never comes', async () => {
  const { crasher, seen } = world({ step: 3, when: 'before' })
  await seen.log.latest('memory-0')
  await seen.log.latest('memory-0')
  expect(crasher.hit).toBe(false)
})

describe('publishing', () => {
  it('what the head names is no violation', async () => {
    const it = world()
    const writer = await writerOf(it)
    await writer.write(Batch.of(Event, [row]))
    const staged = await writer.stage(0, 'a', range)
    await it.log.append('memory-0', record(0, { all: staged }))
    await writer.publish(staged ?? {})
    expect(it.crasher.violations).toEqual([])
    expect(it.all.rows).toEqual([row])
  })

  it('before the record is a violation, which no error hides', async () => {
    const it = world()
    const writer = await writerOf(it)
    await writer.write(Batch.of(Event, [row]))
    await writer.publish((await writer.stage(0, 'a', range)) ?? {})
    expect(it.crasher.violations).toEqual([expect.stringContaining('which the head of memory-0 does not name')])
  })

  it('what an older record names is a violation', async () => {
    const it = world()
    const writer = await writerOf(it)
    await writer.write(Batch.of(Event, [row]))
    const staged = (await writer.stage(0, 'a', range)) ?? {}
    await it.log.append('memory-0', record(0, { all: staged }))
    await it.log.append('memory-0', record(1))
    await writer.publish(staged)
    expect(it.crasher.violations).toHaveLength(1)
  })
})

describe('a watched part has all that the part has, so that the pipeline does with it what it does without', () => {
  it('a source: its nature, its backfill, and its check of offsets', async () => {
    const asked: unknown[] = []
    const { seen, crasher } = world(undefined, {
      source: {
        fixed: true,
        mayShrink: false,
        keyedBy: ['who'],
        checkOffsets: async (of) => void asked.push(of),
        backfill: ({ name }) => ({ ...memorySource({ schema: Event, partitions: [[]] }), name }),
      },
    })
    const { source } = seen
    expect([source.fixed, source.mayShrink, source.keyedBy, source.until]).toEqual([true, false, ['who'], 'complete'])
    await source.checkOffsets?.({ id: 'x', fresh: false, heads: {} })
    expect(asked).toEqual([{ id: 'x', fresh: false, heads: {} }])
    const filled = source.backfill?.({ name: 'old', from: 'earliest' })
    await filled?.describe()
    expect(filled?.name).toBe('old')
    expect(crasher.calls).toEqual(['source: check offsets', 'source: describe'])
  })

  it('a sink: its format, place, checks, versions and maintenance', async () => {
    const { seen, crasher, all } = world(undefined, {
      sink: {
        format: 'memory',
        place: async () => 'here',
        check: async () => {},
        prepare: async () => ({ takesOver: true, remove: ['x'] }),
        begin: async () => {},
        reached: async () => ({ 'memory-0': 3 }),
        maintain: async () => {},
      },
    })
    const sink = seen.sinks.all as Sink<Event>
    expect([sink.target, sink.format, await sink.place?.()]).toEqual([all.target, 'memory', 'here'])
    await sink.check?.(Event, 'all')
    expect(await sink.prepare?.({ id: 'x' })).toEqual({ takesOver: true, remove: ['x'] })
    await sink.begin?.({ id: 'x', takesOver: false, remove: [] })
    expect(await sink.reached?.({ id: 'x', flow: 'all', tasks: [] })).toEqual({ 'memory-0': 3 })
    await sink.maintain?.({ signal: AbortSignal.abort() } as never)
    expect(crasher.calls).toEqual(['place', 'check', 'prepare', 'begin', 'reached', 'maintain'].map((what) => `all: ${what}`))
    expect(sink.version?.(2).target).toBe(all.version(2).target)
  })

  it('a writer: whether it stages ahead', async () => {
    expect((await writerOf(world())).stagesAhead).toBe(true)
  })

  it('nothing that the part lacks', () => {
    const { source, sinks } = world().seen
    for (const name of ['fixed', 'mayShrink', 'keyedBy', 'checkOffsets', 'backfill']) expect(source).not.toHaveProperty(name)
    for (const name of ['format', 'place', 'check', 'prepare', 'begin', 'reached', 'maintain']) expect(sinks.all).not.toHaveProperty(name)
  })
})

it('ends the reading of a log that is left before its end', async () => {
  let isEnded = false
  const crasher = new Crasher()
  const log = {
    ...memoryLog(),
    async *read(_task: string, _after: number) {
      try {
        for (let n = 0; ; n++) yield record(n)
      } finally {
        isEnded = true
      }
    },
  }
  const { log: seen } = crasher.wrap({ source: memorySource({ schema: Event, partitions: [] }), log, sinks: {} })
  for await (const { n } of seen.read('memory-0', -1)) if (n === 2) break
  expect(isEnded).toBe(true)
})
