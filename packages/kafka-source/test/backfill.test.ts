import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { count, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySink } from '@tickets/core/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { kafkaSource } from '../src/index.ts'
import { createTopic, numberOf, numbers, rawKafka, ticket, unique } from './helpers.ts'

const brokers = (await sharedBroker('backfills from Kafka')) ?? []
let home = ''
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-backfill-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** Sends tickets, each with its number's second as the time of its message. */
async function sendTimed(topic: string, from: number, to: number): Promise<void> {
  const producer = rawKafka(brokers).producer()
  await producer.connect()
  const messages = numbers(from, to).map((i) => ({
    value: JSON.stringify(ticket(i)),
    partition: i % 2,
    timestamp: String(ticket(i).created_at.getTime()),
  }))
  await producer.send({ topic, messages })
  await producer.disconnect()
}

const quiet = { handleSignals: false } as const
const at = (i: number) => ticket(i).created_at

describe.skipIf(brokers.length === 0)('backfills from Kafka', () => {
  test('a bounded run between two times', async () => {
    const topic = unique('between')
    await createTopic(brokers, topic, 2)
    await sendTimed(topic, 0, 100)
    const all = memorySink<Ticket>('all')
    const source = kafkaSource({ schema: Ticket, brokers, topic, groupId: topic, from: at(20), until: at(70) })
    expect(source.until).toBe('now')
    await pipeline({ name: 'between', source, log: commitLog(join(home, topic)), flows: (tickets) => ({ all: tickets.pipe(into(all)) }) }).run(quiet)
    expect(all.rows.map(numberOf).sort((a, b) => a - b)).toEqual(numbers(20, 70))
  })

  test('a live pipeline that began late, filled while it runs: every ticket once, every window whole', async () => {
    const topic = unique('fill')
    await createTopic(brokers, topic, 2)
    await sendTimed(topic, 0, 600)
    const all = memorySink<Ticket>('all')
    const windows = memorySink<{ window_start: Date; tickets: number; revision: number }>('windows')
    const log = join(home, topic)
    const lake = (until: 'never' | 'now') =>
      pipeline({
        name: 'fill',
        source: kafkaSource({ schema: Ticket, brokers, topic, groupId: topic, from: at(330), until }),
        log: commitLog(log),
        range: { time: '200 ms' },
        flows: (tickets) => ({
          all: tickets.pipe(into(all)),
          windows: tickets.pipe(windowed(tumbling({ size: '1 minute' }), { aggregate: { tickets: count() } }), into(windows as never)),
        }),
      })
    const stop = new AbortController()
    const live = lake('never').run({ ...quiet, signal: stop.signal })
    const until = async (rows: number) => {
      const deadline = Date.now() + 30_000
      while (all.rows.length < rows && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20))
    }
    await until(270)
    const filling = lake('never').backfill({ name: 'older', from: 'earliest', ...quiet })
    await sendTimed(topic, 600, 700)
    expect(await filling).toMatchObject({ how: 'done', rows: 330 })
    await until(700)
    stop.abort()
    await live
    expect(await lake('now').backfill({ name: 'older', from: 'earliest', ...quiet })).toMatchObject({ rows: 0 })
    await lake('now').run(quiet)
    expect(all.rows.map(numberOf).sort((a, b) => a - b)).toEqual(numbers(0, 700))
    const last = new Map([...windows.rows].sort((a, b) => a.revision - b.revision).map((row) => [row.window_start.getTime(), row.tickets]))
    expect([...last].sort(([a], [b]) => a - b).map(([, tickets]) => tickets)).toEqual([...Array(11).fill(60), 40])
  })
})
