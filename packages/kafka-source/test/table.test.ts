import { type CommitLog, into, joinTable, pipeline } from '@tickets/core'
import { type MemorySink, memoryLog, memorySink } from '@tickets/core/testing'
import { describe, expect, test, vi } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { kafkaSource, kafkaTable } from '../src/index.ts'
import { rawKafka, unique } from './helpers.ts'
import { closing, createTopics, expectedJoin, Followed, Order, Plan, randomSteps, sendSteps } from './table-helpers.ts'

const brokers = (await sharedBroker('tables that follow a topic')) ?? []

interface Joined {
  readonly id: number
  readonly client_id: string
  readonly at: Date
  readonly plan: string | null
}
type Topics = Awaited<ReturnType<typeof createTopics>>

function join(topics: Topics, log: CommitLog, joined: MemorySink<Joined>, groupId: string, until: 'never' | 'now', partitions: 'same' | 'all') {
  const plans = kafkaTable({ schema: Plan, brokers, topic: topics.plans, key: 'client_id', partitions, idleTimeout: '1 hour' })
  return pipeline({
    name: 'joined',
    source: kafkaSource({
      schema: Order,
      brokers,
      topic: topics.orders,
      groupId,
      until,
      keyedBy: ['client_id'],
      sessionTimeout: 6000,
      heartbeatInterval: 300,
    }),
    log,
    range: { rows: 50, time: '100 ms' },
    flows: (orders) => ({ joined: orders.pipe(joinTable(plans, { on: 'client_id', columns: ['plan'] }), into(joined)) }),
  })
}

const textsOf = ({ rows }: MemorySink<Joined>) => rows.map(({ id, client_id, plan }) => `${id} ${client_id} ${plan ?? '∅'}`).sort()
const quiet = { handleSignals: false } as const

describe.skipIf(brokers.length === 0)('kafkaTable', () => {
  test.each(['same', 'all'] as const)(
    'gives each order the plan that its client had then, read by partition: %s, stopped in the middle',
    async (partitions) => {
      const topics = await createTopics(brokers)
      const [log, joined, groupId] = [memoryLog(), memorySink<Joined>('joined'), unique('g')]
      const steps = randomSteps(1500, 40, 17)
      const all = [...steps, ...closing(steps)]
      await sendSteps(brokers, topics, all, 0, 900)
      const stop = new AbortController()
      const running = join(topics, log, joined, groupId, 'never', partitions).run({ ...quiet, signal: stop.signal })
      running.catch(() => {})
      await vi.waitUntil(() => joined.rows.length > 200, { timeout: 60_000, interval: 20 })
      stop.abort()
      await running
      expect(joined.rows.length).toBeLessThan(expectedJoin(steps).length)
      await sendSteps(brokers, topics, all, 900, all.length)
      const summary = await join(topics, log, joined, groupId, 'now', partitions).run(quiet)
      expect(textsOf(joined)).toEqual(expectedJoin(steps))
      expect(summary).toMatchObject({ rejected: 0 })
    },
  )

  test('follows the events of Debezium, also where a run ended between a deletion and its tombstone', async () => {
    const topics = await createTopics(brokers)
    const [log, joined, groupId, key] = [memoryLog(), memorySink<Joined>('joined'), unique('g'), '{"client_id":"a"}']
    const event = (op: string, ms: number, plan: string | null) => {
      const row = { client_id: 'a', plan }
      return JSON.stringify({
        schema: {},
        payload: { op, before: op === 'd' ? row : null, after: op === 'd' ? null : row, source: { ts_ms: ms }, ts_ms: ms },
      })
    }
    const send = async (topic: string, messages: { key: string; value: string | null; timestamp: string }[]) => {
      const producer = rawKafka(brokers).producer()
      await producer.connect()
      await producer.send({ topic, messages: messages.map((message) => ({ ...message, partition: 0 })) })
      await producer.disconnect()
    }
    const order = (id: number, ms: number) => ({
      key: 'a',
      timestamp: String(ms),
      value: JSON.stringify({ id, client_id: 'a', at: new Date(ms).toISOString() }),
    })
    const run = () => {
      const plans = kafkaTable({ schema: Followed, brokers, topic: topics.plans, key: 'client_id', envelope: 'debezium', idleTimeout: '1 hour' })
      return pipeline({
        name: 'debezium',
        source: kafkaSource({ schema: Order, brokers, topic: topics.orders, groupId, until: 'now', keyedBy: ['client_id'] }),
        log,
        flows: (orders) => ({ joined: orders.pipe(joinTable(plans, { on: 'client_id', columns: ['plan'] }), into(joined)) }),
      }).run(quiet)
    }
    await send(topics.plans, [
      { key, value: event('c', 100, 'free'), timestamp: '5000' },
      { key, value: event('d', 200, 'free'), timestamp: '5001' },
    ])
    await send(topics.orders, [order(1, 150), order(2, 250)])
    await run()
    await send(topics.plans, [
      { key, value: null, timestamp: '10000' },
      { key, value: event('c', 300, 'gold'), timestamp: '10001' },
      { key, value: event('u', 20_000, 'last'), timestamp: '30000' },
    ])
    await send(topics.orders, [order(3, 400), order(4, 15_000)])
    expect(await run()).toMatchObject({ rejected: 0 })
    expect(textsOf(joined)).toEqual(['1 a free', '2 a ∅', '3 a gold', '4 a gold'])
  })

  test('counts what it cannot read, and continues', async () => {
    const topics = await createTopics(brokers)
    const producer = rawKafka(brokers).producer()
    await producer.connect()
    const [early, late] = ['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z']
    const plans = [
      { partition: 0, key: '{"client_id":null}', value: null },
      { partition: 0, key: '{"id":1}', value: null },
      { partition: 0, key: 'a', value: 'no JSON' },
      { partition: 0, key: 'a', value: JSON.stringify({ client_id: 'a', plan: 'gold', since: early }) },
      { partition: 0, key: 'z', value: JSON.stringify({ client_id: 'z', plan: 'gold', since: late }) },
    ]
    await producer.send({ topic: topics.plans, messages: plans })
    await producer.send({ topic: topics.orders, messages: [{ partition: 0, key: 'a', value: JSON.stringify({ id: 1, client_id: 'a', at: early }) }] })
    await producer.disconnect()
    const joined = memorySink<Joined>('joined')
    const letters = memorySink('letters')
    const made = kafkaTable({ schema: Plan, brokers, topic: topics.plans, key: 'client_id' })
    const summary = await pipeline({
      name: 'unread',
      source: kafkaSource({ schema: Order, brokers, topic: topics.orders, groupId: unique('g'), until: 'now', keyedBy: ['client_id'] }),
      log: memoryLog(),
      deadLetters: letters as never,
      flows: (orders) => ({ joined: orders.pipe(joinTable(made, { on: 'client_id', columns: ['plan'] }), into(joined)) }),
    }).run(quiet)
    expect(textsOf(joined)).toEqual(['1 a gold'])
    expect(summary).toMatchObject({ rejected: 3 })
    expect(letters.rows).toHaveLength(3)
  })
})
