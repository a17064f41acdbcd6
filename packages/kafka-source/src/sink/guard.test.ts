import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, rawKafka, unique } from '../../test/helpers.ts'
import { apiKeys, type Fate, kafkaProxy } from '../../test/proxy.ts'
import { createCluster } from '../client/client.ts'
import { type GuardPlace, readGuard } from './guard.ts'

/** Where connections of our client go instead; null: where they want to. */
const detour = vi.hoisted(() => ({ port: null as number | null }))
vi.mock('../client/socket.ts', async (original) => {
  const { openSocket } = await original<typeof import('../client/socket.ts')>()
  return { openSocket: (address: Parameters<typeof openSocket>[0]) => openSocket(detour.port === null ? address : { ...address, port: detour.port }) }
})

const shared = await sharedBroker('the guard of a Kafka sink')
const brokers = shared ?? []

/** The broker's answer, with another error code for the group. */
const refused = (code: number) => (answer: Buffer) => {
  const changed = Buffer.from(answer)
  changed.writeInt16BE(code, answer.length - 3)
  return changed
}

/** An answer that speaks of no topic. */
const without = (answer: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, 13]), answer.subarray(4, 13), Buffer.from([1, 0, 0, 0])])

describe.skipIf(!shared)('readGuard', () => {
  let fates: Fate[] = []
  let last: Fate = 'pass'
  let asked = 0
  let proxy: Awaited<ReturnType<typeof kafkaProxy>>
  let place: GuardPlace
  beforeAll(async () => {
    proxy = await kafkaProxy(brokers[0] ?? '', ({ apiKey }) => {
      if (apiKey !== apiKeys.offsetFetch) return 'pass'
      asked++
      return fates.shift() ?? last
    })
    detour.port = proxy.port
    place = { group: unique('guard'), topic: unique('guarded') }
    await createTopic(brokers, place.topic)
    const admin = rawKafka(brokers).admin()
    await admin.connect()
    await admin.setOffsets({ groupId: place.group, topic: place.topic, partitions: [{ partition: 0, offset: '7' }] })
    await admin.disconnect()
  })
  afterAll(() => {
    detour.port = null
    return proxy?.close()
  })

  async function guard(first: Fate[], then: Fate = 'pass', group = place.group): Promise<number> {
    fates = first
    last = then
    asked = 0
    const cluster = createCluster(rawKafka(brokers))
    try {
      await cluster.connect()
      return await readGuard(cluster, { ...place, group })
    } finally {
      await cluster.disconnect()
    }
  }

  it('reads the number, and -1 where there is none', async () => {
    expect(await guard([])).toBe(7)
    expect(await guard([], 'pass', unique('none'))).toBe(-1)
  })

  it('asks again while a transaction is being decided or the group moves', async () => {
    expect(await guard([refused(88), refused(14), refused(16)])).toBe(7)
    expect(asked).toBe(4)
  })

  it('returns the guard before a transaction that stays open, where that is accepted', async () => {
    const producer = rawKafka(brokers).producer({ transactionalId: unique('killed'), transactionTimeout: 60_000 })
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.sendOffsets({ consumerGroupId: place.group, topics: [{ topic: place.topic, partitions: [{ partition: 0, offset: '9' }] }] })
    fates = []
    last = 'pass'
    const cluster = createCluster(rawKafka(brokers))
    try {
      await cluster.connect()
      expect(await readGuard(cluster, place, 'accept')).toBe(7)
    } finally {
      await cluster.disconnect()
      await transaction.abort()
      await producer.disconnect()
    }
  })

  it('never takes an answer without the partition for a missing guard', async () => {
    expect(await guard([without, without])).toBe(7)
    expect(asked).toBe(3)
  })

  it('is refused at once where asking again cannot help', async () => {
    await expect(guard([], refused(30))).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable: false,
      message: expect.stringMatching(/allow READ/),
    })
    await expect(guard([], refused(24))).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: false, message: expect.stringMatching(/error 24/) })
    expect(asked).toBe(1)
  })

  it('gives up after some time, and says that trying again may help', async () => {
    await expect(guard([], refused(15))).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: true })
    expect(asked).toBe(20)
  })
})
