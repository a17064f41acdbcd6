import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Broker } from '../../../test/broker/broker.ts'
import { hasJava, tieredJars } from '../../../test/broker/jars.ts'
import { javaBroker } from '../../../test/broker/java.ts'
import { localStart } from '../src/protocol/local-start.ts'
import type { KafkaSource } from '../src/source/source.ts'
import { createTopic, drain, member, numbers, rawKafka, send, unique } from './helpers.ts'

const java = await hasJava()
if (!java && process.env.CI === 'true') throw new Error('The test of remote storage needs Java 17 or newer and Maven.')
if (!java) console.warn('Left out: the test of remote storage. It needs Java 17 or newer and Maven.')

const storage = 'org.apache.kafka.server.log.remote.storage.LocalTieredStorage'
const metadata = 'org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager'

/** Where a partition's messages begin on the broker itself. */
async function localStartOf(brokers: readonly string[], topic: string): Promise<number> {
  const cluster = rawKafka(brokers).cluster()
  try {
    await cluster.connect()
    await cluster.addMultipleTargetTopics([topic])
    const [node = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [0]))
    return (await localStart(cluster, node, topic, 0)) ?? -1
  } finally {
    await cluster.disconnect()
  }
}

describe.skipIf(!java)('a topic whose messages lie in remote storage', () => {
  const count = 20_000
  let broker: Broker
  let topic: string
  let remote: string
  beforeAll(async () => {
    remote = await mkdtemp(join(tmpdir(), 'tickets-remote-'))
    broker = await javaBroker({
      jars: [await tieredJars()],
      properties: {
        'remote.log.storage.system.enable': 'true',
        'remote.log.storage.manager.class.name': storage,
        'rsm.config.dir': remote,
        'remote.log.metadata.manager.class.name': metadata,
        'remote.log.metadata.manager.listener.name': 'PLAINTEXT',
        'rlmm.config.remote.log.metadata.topic.replication.factor': 1,
        'rlmm.config.remote.log.metadata.topic.num.partitions': 1,
        'remote.log.manager.task.interval.ms': 500,
        // No read from there is as fast as this: the first answers are always empty.
        'remote.fetch.max.wait.ms': 1,
      },
    })
    topic = unique('tiered')
    await createTopic(broker.brokers, topic, 1, {
      'remote.storage.enable': 'true',
      'segment.bytes': String(1 << 20),
      'local.retention.bytes': '1',
      'retention.ms': '-1',
    })
    for (let at = 0; at < count; at += 2000) await send(broker.brokers, topic, at, at + 2000)
    const deadline = Date.now() + 60_000
    while ((await localStartOf(broker.brokers, topic)) < 1000) {
      if (Date.now() > deadline) throw new Error('nothing was moved to the remote storage')
      await new Promise((done) => setTimeout(done, 500))
    }
  }, 120_000)
  afterAll(async () => {
    await broker?.stop()
    await rm(remote, { recursive: true, force: true })
  })

  it('is read whole, however often the broker answers with nothing', async () => {
    const m = await member({ brokers: broker.brokers, topic, groupId: unique('g'), partitionBytes: 100_000 })
    const { rows } = await drain(await m.open(`${topic}-0`, 0, { to: count }), { ms: 90_000 })
    expect(rows).toEqual(numbers(0, count))
    expect((m.source as KafkaSource<unknown>).skipped).toBe(0)
    await m.close()
  }, 120_000)
})
