import { afterAll, describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { createKafka } from '../src/client/client.ts'
import { kafkaError } from '../src/client/errors.ts'
import { partitioner } from '../src/client/kafkajs.ts'
import { boundsOf, loadTopics, offsetsAt, partitionsOf, topicNames } from '../src/client/metadata.ts'
import type { GroupClient, Kafka } from '../src/client/port.ts'
import type { ConnectionOptions } from '../src/connection/connection-options.ts'
import { createTopic, numbers, send, unique } from './helpers.ts'
import { readMessages } from './read-messages.ts'

type Driver = NonNullable<ConnectionOptions['driver']>

const shared = await sharedBroker('the contract of drivers')
const brokers = shared ?? []
const API_VERSIONS = 18

function clients(driver: Driver) {
  const made: Kafka[] = []
  afterAll(() => {
    for (const kafka of made) kafka.destroy()
  })
  return (at = brokers, retries = 3) => {
    const kafka = createKafka({ brokers: at, driver }, { retries, restartOnFailure: async () => true }, 5000)
    made.push(kafka)
    return kafka
  }
}

/** What a driver says of a cluster, of groups that it is no member of, and how it creates topics. */
export function clusterContract(driver: Driver): void {
  describe.skipIf(!shared)(`a cluster by ${driver}`, () => {
    const client = clients(driver)

    it('tells topics, partitions, leaders and offsets', async () => {
      const topic = unique('cluster')
      await createTopic(brokers, topic, 3)
      await send(brokers, topic, 0, 10, 1)
      const cluster = client().cluster()
      await cluster.connect()
      await loadTopics(cluster, [topic], brokers)
      expect([...(await topicNames(cluster))]).toContain(topic)
      expect(partitionsOf(cluster, topic)).toEqual([0, 1, 2])
      const [node = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [1]))
      expect(cluster.getNodeIds().map(String)).toContain(node)
      expect(await cluster.maxVersion(node, API_VERSIONS)).toBeGreaterThan(0)
      const raw = { apiKey: API_VERSIONS, apiVersion: 0, apiName: 'ApiVersions', body: Buffer.alloc(0) }
      expect((await cluster.send(node, raw)).readInt16BE(0)).toBe(0)
      expect([...(await offsetsAt(cluster, topic, [0, 1], 'latest'))].sort()).toEqual([
        [0, 0],
        [1, 10],
      ])
      expect(await boundsOf(cluster, topic, 1)).toEqual({ earliest: 0, end: 10 })
      expect(await offsetsAt(cluster, topic, [1], 0)).toEqual(new Map([[1, 0]]))
      expect(await offsetsAt(cluster, topic, [1], Date.now() + 3_600_000)).toEqual(new Map([[1, -1]]))
      expect((await cluster.topicConfig(topic, ['retention.ms'])).get('retention.ms')).toBe('-1')
      await cluster.disconnect()
    })

    it('names a topic that is not there', async () => {
      const cluster = client().cluster()
      await cluster.connect()
      await expect(loadTopics(cluster, [unique('none')], brokers)).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
    })

    it('creates a topic once, and says why a broker refuses one', async () => {
      const admin = client().admin()
      await admin.connect()
      const wish = (topic: string, retention = '1000') => ({
        topics: [{ topic, numPartitions: 2, replicationFactor: -1, configEntries: [{ name: 'retention.ms', value: retention }] }],
        waitForLeaders: false,
        timeout: 20_000,
      })
      const topic = unique('made')
      expect([await admin.createTopics(wish(topic)), await admin.createTopics(wish(topic))]).toEqual([true, false])
      const refused = admin.createTopics(wish(unique('refused'), 'soon'))
      await expect(refused).rejects.toMatchObject({ errors: [expect.objectContaining({ message: expect.stringMatching(/retention|config/i) })] })
      await admin.disconnect()
    })

    it('fails where nobody listens, and says so in words that lead to SOURCE_UNREACHABLE', async () => {
      const at = ['127.0.0.1:1']
      const error = await client(at, 0)
        .cluster()
        .connect()
        .catch((thrown: unknown) => kafkaError(thrown, at))
      expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE', retryable: true, message: expect.stringContaining('127.0.0.1:1') })
    })
  })
}

/** How a driver joins a group, holds its membership and commits offsets. */
export function groupContract(driver: Driver): void {
  describe.skipIf(!shared)(`a group by ${driver}`, () => {
    const client = clients(driver)

    async function joined(groupId: string, topic: string) {
      const times = { sessionTimeout: 6000, heartbeatInterval: 300, rebalanceTimeout: 10_000 }
      const kafka = client()
      const group: GroupClient = kafka.group({ groupId, topics: [topic], ...times })
      const events: string[] = []
      let held: number[] = []
      await group.connect()
      await group.run({
        joined: (assignment) => {
          held = [...(assignment[topic] ?? [])].sort()
          events.push(`joined ${held}`)
        },
        rebalancing: () => void events.push('rebalancing'),
        crashed: (error, restarts) => void events.push(`crashed ${error.message} ${restarts}`),
      })
      return { group, events, held: () => held }
    }

    it('shares partitions with another member, and takes them back', async () => {
      const topic = unique('group')
      await createTopic(brokers, topic, 4)
      const groupId = unique('g')
      const a = await joined(groupId, topic)
      await vi.waitUntil(() => a.held().length === 4, { timeout: 30_000 })
      const b = await joined(groupId, topic)
      await vi.waitUntil(() => a.held().length === 2 && b.held().length === 2, { timeout: 60_000 })
      expect([...a.held(), ...b.held()].sort()).toEqual(numbers(0, 4))
      // Whoever reads is notified before the partitions are another's.
      expect(a.events.slice(0, 3)).toEqual(['joined 0,1,2,3', 'rebalancing', `joined ${a.held()}`])
      await b.group.disconnect()
      await vi.waitUntil(() => a.held().length === 4, { timeout: 60_000 })
      await a.group.disconnect()
    })

    it('commits offsets with notes, which everyone can read, and refuses those of who is no member', async () => {
      const topic = unique('notes')
      await createTopic(brokers, topic, 2)
      const groupId = unique('g')
      const a = await joined(groupId, topic)
      await vi.waitUntil(() => a.held().length === 2, { timeout: 30_000 })
      await a.group.commitOffsets([{ topic, partition: 1, offset: '7', metadata: 'log-a claimed' }])
      const admin = client().admin()
      await admin.connect()
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
      const kept = found?.partitions.find(({ partition }) => partition === 1)
      expect([kept?.offset, kept?.metadata]).toEqual(['7', 'log-a claimed'])
      expect((await admin.describeGroups([groupId])).groups[0]?.members).toHaveLength(1)
      const cluster = client().cluster()
      await cluster.connect()
      await loadTopics(cluster, [topic], brokers)
      const coordinator = await cluster.findGroupCoordinator({ groupId })
      const partitions = [0, 1].map((partition) => ({ partition, offset: '-1' }))
      const { responses } = await coordinator.offsetFetch({ groupId, topics: [{ topic, partitions }] })
      expect(responses[0]?.partitions.map(({ partition, offset }) => [partition, offset]).sort()).toEqual([
        [0, '-1'],
        [1, '7'],
      ])
      await a.group.disconnect()
      expect((await admin.describeGroups([groupId])).groups[0]?.members).toHaveLength(0)
      await expect(a.group.commitOffsets([{ topic, partition: 1, offset: '9', metadata: 'x' }])).rejects.toThrow()
      await admin.disconnect()
    })
  })
}

/** How a driver produces. */
export function producerContract(driver: Driver): void {
  describe.skipIf(!shared)(`a producer by ${driver}`, () => {
    const client = clients(driver)

    it('sends keys to the partitions that Java chooses, tombstones and headers too', async () => {
      const topic = unique('produced')
      await createTopic(brokers, topic, 3)
      const producer = client().producer({ idempotent: true })
      await producer.connect()
      const keyed = ['CLIENT_1000', 'CLIENT_1001', 'CLIENT_1002', 'für'].map((key) => ({ key, value: `of ${key}` }))
      await producer.send({ topic, acks: -1, messages: keyed })
      await producer.send({ topic, acks: -1, messages: [{ key: 'gone', value: null, partition: 2, headers: { h: 'x' } }] })
      await producer.disconnect()
      const found = await readMessages(brokers, topic)
      const places = found.map(({ key, value, partition }) => `${key} ${partition} ${value}`).sort()
      const partitionMetadata = [0, 1, 2].map((partitionId) => ({ partitionId })) as never
      const chosen = (key: string) => partitioner()({ topic, partitionMetadata, message: { key, value: null } })
      expect(places).toEqual([...keyed.map(({ key, value }) => `${key} ${chosen(key)} ${value}`), 'gone 2 null'].sort())
    })
  })
}
