import { Ticket } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, deleteRecords, rawKafka, send, unique } from '../../test/helpers.ts'
import { topicConfig, withCluster } from '../client/client.ts'
import { repartitionSettings } from './options.ts'
import { readyTopic } from './topic.ts'

const shared = await sharedBroker('the topic of a repartition')
const brokers = shared ?? []

const settingsOf = (topic: string, more: object = {}) =>
  repartitionSettings<Ticket>({ schema: Ticket, brokers, topic, partitions: 3, key: 'client_id', replicationFactor: 1, ...more })

describe.skipIf(!shared)('readyTopic', () => {
  it('makes the topic as it was asked for, once, also where several processes start together', async () => {
    const topic = unique('ready')
    const settings = settingsOf(topic, { config: { 'retention.ms': '123456' } })
    expect(await Promise.all([settings, settings, settings].map(readyTopic))).toEqual([0, 0, 0])
    const config = await withCluster(rawKafka(brokers), async (cluster) => {
      await cluster.refreshMetadata()
      return topicConfig(cluster, topic, ['retention.ms'])
    })
    expect(config.get('retention.ms')).toBe('123456')
    expect(await readyTopic(settingsOf(topic))).toBe(0)
  })

  it('refuses a topic with another number of partitions, since rows of one key would lie in two of them', async () => {
    const topic = unique('ready')
    await createTopic(brokers, topic, 5)
    await expect(readyTopic(settingsOf(topic))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/has 5 partitions.*was told 3/),
    })
    expect(await readyTopic(settingsOf(topic, { partitions: 5 }))).toBe(0)
  })

  it('counts the messages of all partitions, those that were deleted too: another log has written them', async () => {
    const topic = unique('ready')
    await createTopic(brokers, topic, 3)
    await send(brokers, topic, 0, 4, 0)
    await send(brokers, topic, 4, 10, 2)
    expect(await readyTopic(settingsOf(topic))).toBe(10)
    await deleteRecords(brokers, topic, 4)
    expect(await readyTopic(settingsOf(topic))).toBe(10)
  })
})

it('tells in our words that no broker answers', async () => {
  await expect(readyTopic(settingsOf('t', { brokers: ['127.0.0.1:1'] }))).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE', retryable: true })
})
