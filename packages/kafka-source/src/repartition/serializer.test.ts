import { type Batch, type Flows, filterRows, into, pipeline, rows as rowsOf, type Sink, Ticket, toBatches } from '@tickets/core'
import { memoryLog, memorySource, messagesOf } from '@tickets/core/testing'
import { merge } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { base, ticketAt } from '../../test/repartition-helpers.ts'
import type { OutgoingMessage } from '../sink/message-file.ts'
import { repartitionSettings } from './options.ts'
import { keyReader, partitionOf, repartitionSerializer } from './serializer.ts'

type Rows = Parameters<Flows<Ticket>>[0]

/** What the ranges of one partition become, by a sink that keeps them. */
async function serialized(seconds: readonly number[], flow: (tickets: Rows) => Rows, rows = 100): Promise<OutgoingMessage[][]> {
  const settings = repartitionSettings<Ticket>({ schema: Ticket, brokers: ['localhost:9092'], topic: 't', partitions: 2, key: 'client_id' })
  const ranges: OutgoingMessage[][] = []
  const sink: Sink<Ticket> = {
    target: null,
    async open(task) {
      const serializer = repartitionSerializer(settings, { ...task, logId: 'log' })
      let kept: Batch<Ticket>[] = []
      return {
        write: async (batch) => void kept.push(batch),
        async stage(_n, _attempt, range) {
          const batches = kept
          kept = []
          if (batches.length > 0 || serializer.hasMessagesFor?.(range)) ranges.push([...serializer.messages(batches, range)])
          return null
        },
        publish: async () => {},
        sweep: async () => {},
        close: async () => {},
      }
    },
  }
  const tickets = seconds.map((second, i) => ticketAt(i, `CLIENT_${1000 + (i % 2)}`, second))
  await pipeline({
    name: 'serialized',
    source: memorySource({ schema: Ticket, partitions: [messagesOf(tickets)], until: 'now' }),
    log: memoryLog(),
    range: { rows },
    flows: (t) => ({ out: flow(t).pipe(into(sink)) }),
  }).run({ handleSignals: false })
  return ranges
}
const second = (text: unknown) => {
  const ms = String(text).split('@')[1]
  return ms === '' ? null : (Number(ms) - base) / 1000
}
const toldIn = (messages: readonly OutgoingMessage[]) =>
  messages.filter(({ value }) => value !== null).map(({ headers }) => second(headers?.upstream))
const marksIn = (messages: readonly OutgoingMessage[]) =>
  messages
    .filter(({ value }) => value === null)
    .map(({ partition, headers }) => [partition, second(headers?.upstream), JSON.parse(String(headers?.mark)).state])

describe('what a range becomes', () => {
  it('tells with each row the watermark before it, filters or not, and ends with a mark for every partition', async () => {
    const ranges = await serialized([10, 30, 20, 40], (t) => t.pipe(filterRows(({ created_at }) => created_at.getTime() !== base + 30_000)))
    expect(ranges[1]?.[0]?.headers?.upstream).toBe('log/memory-0@')
    expect(toldIn(ranges[1] ?? [])).toEqual([null, 30, 30])
    expect(marksIn(ranges[1] ?? [])).toEqual([
      [0, 40, 'running'],
      [1, 40, 'running'],
    ])
    expect(JSON.parse(String(ranges[1]?.at(-1)?.headers?.mark)).tasks).toEqual(['memory-0'])
  })

  it('says where it stands in ranges without rows too, and nothing where nothing changed', async () => {
    const ranges = await serialized([10, 20, 20], (t) => t.pipe(filterRows(() => false)), 1)
    // Record 0 of the first partition, then a range for each row. The last row and the end of the run change nothing.
    expect(ranges.map(marksIn)).toEqual([
      [
        [0, null, 'running'],
        [1, null, 'running'],
      ],
      [
        [0, 10, 'running'],
        [1, 10, 'running'],
      ],
      [
        [0, 20, 'running'],
        [1, 20, 'running'],
      ],
    ])
  })

  it('tells no more than a row after it may need, where branches give rows out of order', async () => {
    const [, range = []] = await serialized([10, 30, 20, 40], (t) =>
      merge(t.pipe(filterRows(({ client_id }) => client_id === 'CLIENT_1000')), t.pipe(filterRows(({ client_id }) => client_id === 'CLIENT_1001'))),
    )
    // The rows before which it stood at: -, 30 | 10, 30.
    expect(toldIn(range)).toEqual([null, 10, 10, 30])
  })

  it('refuses rows that have lost their watermarks', async () => {
    const lost = serialized([10, 20], relay)
    await expect(lost).rejects.toMatchObject({ code: 'WATERMARK_LOST' })
  })
})

/** Rows one by one and back. */
const relay = (tickets: Rows): Rows => tickets.pipe(rowsOf(), toBatches(Ticket, 10))

describe('keys', () => {
  it('are the text of a column, or of several as JSON; all rows without one belong together', () => {
    const row = { a: 'x', n: 3, at: new Date(base), none: null }
    expect(['a', 'n', 'at', 'none', 'absent'].map((column) => keyReader([column])(row))).toEqual(['x', '3', '2024-01-01T00:00:00.000Z', null, null])
    expect(keyReader(['a', 'none'])(row)).toBe('["x",null]')
    const choose = partitionOf(8)
    expect(new Set(Array.from({ length: 20 }, () => choose(null))).size).toBe(1)
    expect(new Set(Array.from({ length: 200 }, (_, i) => choose(`CLIENT_${1000 + i}`))).size).toBe(8)
  })

  it('go where the producer of Java puts them', () => {
    // The hashes are those that Kafka's own tests expect of Utils.murmur2.
    const hashes = { '21': -973932308, foobar: -790332482, 'a-little-bit-long-string': -985981536 }
    for (const [key, hash] of Object.entries(hashes)) expect(partitionOf(1000)(key), key).toBe((hash & 0x7fffffff) % 1000)
  })
})
