import { describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { fakeCluster } from '../../test/fake-cluster.ts'
import { createTopic, rawKafka, unique } from '../../test/helpers.ts'
import { ensureTopic } from '../index.ts'
import { withCluster } from './client.ts'
import { clusterId, topicIds } from './topic-ids.ts'

const shared = await sharedBroker('ids of topics')
const brokers = shared ?? []

describe.skipIf(!shared)('a broker', () => {
  const ids = (...topics: string[]) => withCluster(rawKafka(brokers), (cluster) => topicIds(cluster, topics))

  it('tells the id of each topic that is there, and of no other', async () => {
    const [one, two, none] = [unique('ids'), unique('ids'), unique('ids')]
    for (const topic of [one, two]) await createTopic(brokers, topic, 3)
    const found = await ids(one, none, two)
    expect([...found.keys()].sort()).toEqual([one, two].sort())
    for (const id of found.values()) expect(id).toMatch(/^[\w-]{22}$/)
    expect(new Set(found.values()).size).toBe(2)
    expect(await ids(one, two)).toEqual(found)
  })

  it('gives a topic that is created again another id', async () => {
    const topic = unique('ids')
    await createTopic(brokers, topic)
    const before = (await ids(topic)).get(topic)
    const admin = rawKafka(brokers).admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [topic] })
    await admin.disconnect()
    const isCreated = () =>
      ensureTopic({ brokers, topic, partitions: 1 }).then(
        ({ created }) => created,
        () => false,
      )
    await vi.waitUntil(isCreated, { timeout: 60_000, interval: 200 })
    expect((await ids(topic)).get(topic)).not.toBe(before)
  })

  it('tells the same id of the cluster by each of its addresses', async () => {
    const [host, port] = (brokers[0] ?? '').split(':')
    const other = `${host === 'localhost' ? '127.0.0.1' : 'localhost'}:${port}`
    const [one, two] = await Promise.all([brokers, [other]].map((at) => withCluster(rawKafka(at), clusterId)))
    expect(one).toBeTruthy()
    expect(two).toBe(one)
  })
})

it('nothing is known of ids where the broker is too old, and it is not asked', async () => {
  const old = fakeCluster({ versions: { 3: 9 } })
  expect(await topicIds(old, ['t'])).toEqual(new Map())
  expect(await clusterId(old)).toBeNull()
})
