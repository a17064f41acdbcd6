import { describe, expect, it, vi } from 'vitest'
import { API_VERSIONS, fakeBroker, versionsAnswer } from '../../test/fake-broker.ts'
import { closeClient, createKafka, topicConfig, withCluster } from './client.ts'

describe('a client', () => {
  it('ends its connections also when disconnecting fails', async () => {
    const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([3]) : null))
    const kafka = createKafka(broker, { retries: 0 })
    await kafka.cluster().connect()
    await closeClient(kafka, () => Promise.reject(new Error('it cannot')))
    await vi.waitUntil(() => broker.open() === 0, { timeout: 60_000 })
  })

  it('ends its cluster after the work, whether the work succeeds or throws', async () => {
    const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([3]) : null))
    expect(await withCluster(createKafka(broker, { retries: 0 }), async () => 'done')).toBe('done')
    const failing = withCluster(createKafka(broker, { retries: 0 }), () => Promise.reject(new Error('the work failed')))
    await expect(failing).rejects.toThrow('the work failed')
    await vi.waitUntil(() => broker.open() === 0, { timeout: 60_000 })
    expect(broker.opened()).toBe(2)
  })

  it('is of a driver that there is', () => {
    const wrong = { brokers: ['127.0.0.1:1'], driver: 'librdkafka' } as never
    expect(() => createKafka(wrong, { retries: 0 })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(/kafkajs or @platformatic\/kafka, got "librdkafka"/) }),
    )
  })
})

describe('the configuration of a topic', () => {
  it('finds nothing out where this user may not look, and fails with anything else', async () => {
    const refusing = (type: string) => ({ topicConfig: () => Promise.reject(Object.assign(new Error(type), { type })) })
    expect(await topicConfig(refusing('TOPIC_AUTHORIZATION_FAILED'), 't', [])).toEqual(new Map())
    await expect(topicConfig(refusing('REQUEST_TIMED_OUT'), 't', [])).rejects.toThrow('REQUEST_TIMED_OUT')
  })
})
