import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../../schema/define.ts'
import { memorySource, messagesOf } from '../../testing/memory-source.ts'
import { instant } from '../../values/instant.ts'
import type { Chunk, Source } from '../source.ts'
import type { InputOptions } from './input.ts'
import { JoinedReader } from './joined-reader.ts'

const Row = defineSchema(z.object({ at: instant() }), { name: 'row', time: 'at' })
type Row = z.output<typeof Row.zod>
const ticket = (second: number) => ({ at: new Date(second * 1000).toISOString() })
const limit = { rows: 100, bytes: 1e6, ms: 5, signal: new AbortController().signal }
const until = async (source: Source<Row>, input: InputOptions | null, chunk: string) => {
  const reader = await source.open(`${chunk}-0`, 0, { maxFuture: Number.POSITIVE_INFINITY })
  return { reader: reader as never, partition: `${chunk}-0`, source: source as Source<unknown, never> as never, input, from: 0, memory: undefined }
}
const source = (topic: string, seconds: number[], kind: 'complete' | 'never' = 'complete') =>
  memorySource({ schema: Row, topic, partitions: [messagesOf(seconds.map(ticket))], until: kind, chunk: 1 })
const told = ({ batch, part }: Chunk<Row, unknown>) =>
  part
    ? `${part.input}${part.rows.toArray().map((row) => (row as Row).at.getTime() / 1000)}${part.state === 'running' ? '' : part.state}`
    : `own${batch.toArray().map((row) => row.at.getTime() / 1000)}`

async function read(own: number[], other: number[], options: InputOptions = { partitions: 'same' }, kind: 'complete' | 'never' = 'complete') {
  let now = 0
  const clock = { now: () => now, sleep: async () => {} }
  const parts = [await until(source('own', own), null, 'own'), await until(source('other', other, kind), options, 'other')]
  const reader = new JoinedReader<Row>(Row, parts, { clock: clock as never, idleTimeout: 1000 })
  return { reader, pass: (ms: number) => (now += ms) }
}

test('reads the partition that is behind in event time first, and says of which each chunk is', async () => {
  const { reader } = await read([10, 20, 30], [5, 15, 25])
  const order: string[] = []
  for (let chunk = await reader.read(limit); chunk !== 'end'; chunk = await reader.read(limit)) {
    order.push(told(chunk))
    if (order.length === 3) expect([chunk.position, chunk.lag]).toEqual([{ 'own-0': 1, 'other-0': 2 }, 3])
  }
  expect(order).toEqual(['other5', 'own10', 'other15', 'own20', 'other25', 'own30', 'otherended'].filter((text) => order.includes(text)))
  expect(order).toHaveLength(7)
  await reader.close()
})

test('reads a table whose newest rows are wanted to its end first', async () => {
  const { reader } = await read([1, 2], [50, 60], { partitions: 'all', readFirst: true })
  const order: string[] = []
  for (let chunk = await reader.read(limit); chunk !== 'end'; chunk = await reader.read(limit)) order.push(told(chunk))
  expect(order.slice(0, 2)).toEqual(['other50', 'other60'])
})

test('says that another source has been without rows for its idle timeout, and has none to read', async () => {
  const { reader, pass } = await read([1], [5], { partitions: 'same', idleTimeout: 100 }, 'never')
  const order: string[] = []
  for (let i = 0; i < 8; i++) {
    const chunk = await reader.read(limit)
    if (chunk === 'end') break
    order.push(told(chunk))
    pass(40)
  }
  expect(order).toContain('otheridle')
  expect(order.slice(0, 3)).not.toContain('otheridle')
  expect(order.indexOf('otheridle')).toBeGreaterThan(order.indexOf('other5'))
})
