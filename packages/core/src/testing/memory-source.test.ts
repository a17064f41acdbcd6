import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { Event, messages } from '../../test/lake.ts'
import type { Chunk, Limit } from '../connectors/source.ts'
import { defineSchema } from '../schema/define.ts'
import { messageHeader, messageKey, messagePartition, messageTimestamp } from '../values/message-columns.ts'
import { memorySource, messagesOf } from './memory-source.ts'

const limit = (more: Partial<Limit> = {}): Limit => ({ rows: 1000, bytes: 1e6, ms: 5, signal: new AbortController().signal, ...more })
const wide = { maxFuture: Number.MAX_SAFE_INTEGER }
const who = (chunk: Chunk<Event, number> | 'end') => (chunk === 'end' ? [] : chunk.batch.toArray().map((row) => row.who))

it('makes messages of JSON, and of text as it is', () => {
  expect(
    messagesOf([{ a: 1 }, 'not JSON', null]).map(({ value, offset }) => [
      offset,
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(value ?? undefined),
    ]),
  ).toEqual([
    [0, '{"a":1}'],
    [1, 'not JSON'],
    [2, 'null'],
  ])
})

it('describes its partitions by their topic, with the offset after the last message as end', async () => {
  const source = memorySource({ schema: Event, partitions: [messages([1, null, 2]), messages([])], topic: 'events' })
  expect(await source.describe()).toEqual({
    topics: [{ name: 'events', id: null }],
    partitions: [
      { id: 'events-0', topic: 'events', earliest: 0, start: 0, end: 3 },
      { id: 'events-1', topic: 'events', earliest: 0, start: 0, end: 0 },
    ],
  })
})

describe('a reader', () => {
  const script = [1, null, 'not JSON', 3, null, 4]
  const source = memorySource({ schema: Event, partitions: [messages(script)], chunk: 2 })

  it('gives chunks with the rejected messages, and a position after the last one', async () => {
    const reader = await source.open('memory-0', 0, wide)
    expect(await reader.read(limit())).toMatchObject({ batch: { length: 1 }, rejected: [{ offset: 2 }], position: 3, lag: 3 })
    expect(await reader.read(limit())).toMatchObject({ batch: { length: 2 }, position: 6, lag: 0 })
    expect(await reader.read(limit())).toBe('end')
    expect(await reader.read(limit())).toBe('end')
  })

  it('passes the gap before `to`, so that its last position is exactly that', async () => {
    const reader = await source.open('memory-0', 0, { ...wide, to: 2 })
    expect(await reader.read(limit())).toMatchObject({ batch: { length: 1 }, position: 2 })
    expect(await reader.read(limit())).toBe('end')
    // A range that holds nothing but a gap.
    const gap = await source.open('memory-0', 1, { ...wide, to: 2 })
    expect(await gap.read(limit())).toMatchObject({ batch: { length: 0 }, position: 2 })
    expect(await gap.read(limit())).toBe('end')
  })

  it('reads no more rows than it is asked for', async () => {
    const reader = await source.open('memory-0', 0, wide)
    expect(who(await reader.read(limit({ rows: 1 })))).toEqual([0])
  })

  it('refuses a partition and a position that are not there', async () => {
    await expect(source.open('memory-1', 0, wide)).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
    await expect(source.open('memory-0', 7, wide)).rejects.toMatchObject({ code: 'POSITION_AHEAD' })
    expect(await (await source.open('memory-0', 6, wide)).read(limit())).toBe('end')
  })
})

describe('messages that are pushed while it runs', () => {
  it('are read by one that never ends, which gives an empty chunk while there is none', async () => {
    const all = messages([1])
    const reader = await memorySource({ schema: Event, partitions: [all], until: 'never' }).open('memory-0', 0, wide)
    expect(await reader.read(limit())).toMatchObject({ batch: { length: 1 }, position: 1, lag: 0 })
    expect(await reader.read(limit())).toMatchObject({ batch: { length: 0 }, position: 1, lag: 0 })
    all.push(...messages([null, null, 2]))
    expect(await reader.read(limit())).toMatchObject({ batch: { length: 1 }, position: 3 })
  })

  it('are read by one that is complete, as long as they come before its end', async () => {
    const all = messages([1, 2])
    const reader = await memorySource({ schema: Event, partitions: [all], chunk: 1 }).open('memory-0', 0, wide)
    await reader.read(limit())
    all.push(...messages([null, null, 3]))
    expect(await reader.read(limit())).toMatchObject({ position: 2 })
    expect(await reader.read(limit())).toMatchObject({ batch: { length: 1 }, position: 3 })
    expect(await reader.read(limit())).toBe('end')
  })

  it('end a wait at once when its signal aborts', async () => {
    const stop = new AbortController()
    const reader = await memorySource({ schema: Event, partitions: [messages([])], until: 'never' }).open('memory-0', 0, wide)
    const reading = reader.read(limit({ ms: 2 ** 30, signal: stop.signal }))
    stop.abort()
    expect(await reading).toMatchObject({ batch: { length: 0 }, position: 0 })
  })

  it('does not wait where the signal had aborted before', async () => {
    const reader = await memorySource({ schema: Event, partitions: [messages([])], until: 'never' }).open('memory-0', 0, wide)
    expect(await reader.read(limit({ ms: 2 ** 30, signal: AbortSignal.abort() }))).toMatchObject({ position: 0 })
  })
})

it('hands out all partitions at once', async () => {
  const given: string[] = []
  const { close } = await memorySource({ schema: Event, partitions: [[], []] }).partitions({
    assigned: (ids) => given.push(...ids),
    revoked: async () => {},
    failed: () => {},
  })
  await close()
  expect(given).toEqual(['memory-0', 'memory-1'])
})

it('messages have a key, headers and a time where they are given', () => {
  const utf8 = (text: string) => new TextEncoder().encode(text)
  expect(
    messagesOf(['a', 'b'], (row, i) => (i === 0 ? { key: row, headers: { h: 'x', raw: Uint8Array.of(1) }, timestamp: new Date(5) } : { key: null })),
  ).toEqual([
    { value: utf8('a'), offset: 0, key: utf8('a'), headers: { h: utf8('x'), raw: Uint8Array.of(1) }, timestamp: 5 },
    { value: utf8('b'), offset: 1, key: null },
  ])
})

it('a schema gets the parts of messages and the number of the partition', async () => {
  const Part = defineSchema(
    z.object({ at: messageTimestamp(), key: messageKey(), trace: messageHeader('t'), part: messagePartition(), n: z.int() }),
    {
      name: 'part',
      time: 'at',
    },
  )
  const around = () => ({ key: 'k', headers: { t: 'x' }, timestamp: 7 })
  const source = memorySource({ schema: Part, partitions: [[], messagesOf([{ n: 1 }, { n: 2 }], around)] })
  const reader = await source.open('memory-1', 0, { maxFuture: Number.POSITIVE_INFINITY })
  const chunk = await reader.read({ rows: 9, bytes: 9e9, ms: 1, signal: new AbortController().signal })
  expect(chunk !== 'end' && chunk.batch.toArray()).toEqual([1, 2].map((n) => ({ at: new Date(7), key: 'k', trace: 'x', part: 1, n })))
})
