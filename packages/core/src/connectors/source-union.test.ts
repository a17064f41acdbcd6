import { expect, it } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import { into } from '../operators/into.ts'
import { json } from '../operators/test-tickets.fixture.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { Ticket } from '../tickets/ticket.ts'
import { sources } from './source-union.ts'

const source = (topic: string, until: 'never' | 'now' | 'complete' = 'complete') => ({
  ...memorySource({ schema: Event, partitions: [messages([1])] }),
  name: topic,
  until,
})

it('takes at least one source, of one schema', () => {
  expect(() => sources()).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  const other = { ...source('b'), schema: { ...Event, name: 'other' } }
  expect(() => sources(source('a'), other)).toThrow('of one schema')
})

it('ends when the last of its parts does', () => {
  expect(sources(source('a'), source('b')).until).toBe('complete')
  expect(sources(source('a'), source('b', 'now')).until).toBe('now')
  expect(sources(source('a', 'never'), source('b', 'now')).until).toBe('never')
})

it('refuses two parts with a partition of one name', async () => {
  await expect(sources(source('a'), source('b')).describe()).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

it('opens a partition at the part that has it, and refuses one that none has', async () => {
  const union = sources(source('a'))
  const { partitions } = await union.describe()
  const reader = await union.open(partitions[0]?.id ?? '', partitions[0]?.start ?? 0, { maxFuture: Number.POSITIVE_INFINITY })
  await reader.close()
  expect(() => union.open('nowhere-0', 0, { maxFuture: 0 })).toThrow(expect.objectContaining({ code: 'SOURCE_MISSING' }))
})

it('sources are one source with the partitions of all', async () => {
  const of = (topic: string, from: number) => memorySource({ schema: Ticket, topic, partitions: [messagesOf([json(from, 1), json(from + 1, 2)])] })
  const sink = memorySink<object>('all')
  const run = (source: ReturnType<typeof sources<Ticket>>, log = memoryLog()) =>
    pipeline({ name: 'both', source, log, flows: (tickets) => ({ all: tickets.pipe(into(sink)) }) }).run({ handleSignals: false })
  const log = memoryLog()
  expect(await run(sources(of('a', 0), of('b', 10)), log)).toMatchObject({ rows: 4 })
  expect([...sink.files.keys()].sort()).toEqual(['a-0-0', 'a-0-1', 'b-0-0'])
  expect(await run(sources(of('a', 0), of('b', 10)), log)).toMatchObject({ rows: 0 })
  await expect(run(sources(of('a', 0), of('a', 10)))).rejects.toThrow('both have a partition a-0')
  expect(() => sources()).toThrow('at least one')
})
