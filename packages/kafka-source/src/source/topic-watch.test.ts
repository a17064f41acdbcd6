import { describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, drain, member, rawKafka, send, unique } from '../../test/helpers.ts'

const shared = await sharedBroker('a topic that is deleted')
const brokers = shared ?? []

describe.skipIf(!shared)('TopicWatch', () => {
  it.each([
    ['under a reader', true],
    ['while nobody reads it', false],
  ])(
    'says that a topic was deleted %s, after retryFor',
    async (_, reads) => {
      const topic = unique('gone')
      await createTopic(brokers, topic)
      await send(brokers, topic, 0, 50)
      const m = await member({ brokers, topic, groupId: unique('g'), retryFor: '3s', sessionTimeout: 6000, heartbeatInterval: 300 })
      await m.source.describe()
      const reader = reads ? await m.open(`${topic}-0`, 0) : null
      if (reader) await drain(reader, { enough: (n) => n === 50 })
      const admin = rawKafka(brokers).admin()
      await admin.connect()
      await admin.deleteTopics({ topics: [topic] })
      await admin.disconnect()
      const began = Date.now()
      // A reader that fails, or a membership: both end a pipeline.
      const told = new Promise<unknown>((resolve) => {
        if (reader) drain(reader, { ms: 60_000 }).catch((error) => error.code !== 'TASK_LOST' && resolve(error))
        vi.waitUntil(() => m.failures.length > 0, { timeout: 60_000 }).then(() => resolve(m.failures[0]), resolve)
      })
      expect(await told).toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringMatching(/not there any more.*Create it again/) })
      expect(Date.now() - began).toBeGreaterThan(2000)
      expect(Date.now() - began).toBeLessThan(25_000)
      await m.close()
    },
    90_000,
  )
})
