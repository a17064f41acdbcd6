import type { Chunk, Ticket } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { createTopic, drain, member, rawKafka, ticket, unique } from './helpers.ts'

const shared = await sharedBroker('Kafka read on two threads')
const brokers = shared ?? []
const COUNT = 12_000

/** Tickets with keys; now and then something that is none, or no value at all. */
async function filled(): Promise<string> {
  const topic = unique('thread')
  await createTopic(brokers, topic)
  const producer = rawKafka(brokers).producer()
  await producer.connect()
  const value = (i: number) =>
    i % 1511 === 7 ? null : i % 1009 === 5 ? `{"no": ${i}}` : JSON.stringify({ ...ticket(i), request: 'é'.repeat(i % 300) || 'x' })
  for (let from = 0; from < COUNT; from += 2000) {
    const messages = Array.from({ length: 2000 }, (_, k) => ({ key: `key ${from + k}`, value: value(from + k), timestamp: `${1.76e12 + from + k}` }))
    await producer.send({ topic, messages })
  }
  await producer.disconnect()
  return topic
}

const shown = (chunks: readonly Chunk<Ticket, number>[]) => ({
  rows: chunks.flatMap(({ batch }) => batch.toArray()),
  rejected: chunks.flatMap(({ rejected }) =>
    rejected.map((message) => ({
      ...message,
      key: String(message.key && Buffer.from(message.key)),
      value: String(message.value && Buffer.from(message.value)),
    })),
  ),
})

describe.skipIf(!shared)('large pieces from Kafka', () => {
  it('are the same decoded on a thread, one piece ahead, from any position on', async () => {
    const topic = await filled()
    const read = async (decodeThread: boolean, from = 0, enough?: (rows: number) => boolean) => {
      const m = await member({ brokers, topic, groupId: unique('g'), until: 'now', decodeThread })
      const reader = await m.open(`${topic}-0`, from, { to: COUNT })
      const found = await drain(reader, { max: { bytes: 200_000 }, ...(enough ? { enough } : {}) })
      await m.close()
      return { ...found, ...shown(found.chunks) }
    }
    const here = await read(false)
    expect(here.rejected.length).toBeGreaterThan(15)
    expect(here.rows.length + here.rejected.length).toBe(COUNT)
    const there = await read(true)
    expect(there.rows).toEqual(here.rows)
    expect(there.rejected).toEqual(here.rejected)
    expect(there.position).toBe(COUNT)
    // What was read ahead and not given is read again.
    const some = await read(true, 0, (rows) => rows > 4000)
    const rest = await read(true, some.position)
    expect([...some.rows, ...rest.rows]).toEqual(here.rows)
    expect([...some.rejected, ...rest.rejected]).toEqual(here.rejected)
  })
})
