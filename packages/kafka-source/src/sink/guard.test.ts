import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, rawKafka, unique } from '../../test/helpers.ts'
import { apiKeys, type Fate, kafkaProxy } from '../../test/proxy.ts'
import type { Cluster } from '../client/port.ts'
import { type GuardPlace, readGuard } from './guard.ts'

/** Where connections of our client go instead; null: where they want to. */
const detour = vi.hoisted(() => ({ port: null as number | null }))
vi.mock('../connection/socket.ts', async (original) => {
  const { openSocket } = await original<typeof import('../connection/socket.ts')>()
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

/** A place in a topic, with 7 as its guard. */
async function placeIn(topic: string): Promise<GuardPlace> {
  const group = unique('guard')
  const admin = rawKafka(brokers).admin()
  await admin.connect()
  await admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset: '7' }] })
  await admin.disconnect()
  return { group, topic }
}

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
    const topic = unique('guarded')
    await createTopic(brokers, topic)
    place = await placeIn(topic)
  })
  afterAll(() => {
    detour.port = null
    return proxy?.close()
  })

  async function guard(first: Fate[], then: Fate = 'pass', group = place.group): Promise<number> {
    fates = first
    last = then
    asked = 0
    const cluster = rawKafka(brokers).cluster()
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

  describe('during a transaction that moves the guard', () => {
    let producer: ReturnType<ReturnType<typeof rawKafka>['producer']>
    let transaction: Awaited<ReturnType<typeof producer.transaction>>
    let cluster: Cluster
    let moved: GuardPlace
    beforeEach(async () => {
      moved = await placeIn(place.topic)
      producer = rawKafka(brokers).producer({ transactionalId: unique('killed'), transactionTimeout: 60_000 })
      await producer.connect()
      transaction = await producer.transaction()
      await transaction.sendOffsets({ consumerGroupId: moved.group, topics: [{ topic: moved.topic, partitions: [{ partition: 0, offset: '9' }] }] })
      fates = []
      last = 'pass'
      asked = 0
      cluster = rawKafka(brokers).cluster()
      await cluster.connect()
    })
    afterEach(async () => {
      await cluster.disconnect()
      if (transaction.isActive()) await transaction.abort()
      await producer.disconnect()
    })

    it('returns the guard before it, where that is accepted', async () => {
      expect(await readGuard(cluster, moved, 'accept')).toBe(7)
    })

    it('waits until it is decided, and returns what it committed', async () => {
      const reading = readGuard(cluster, moved)
      await vi.waitFor(() => expect(asked).toBeGreaterThan(2), { timeout: 10_000 })
      await transaction.commit()
      expect(await reading).toBe(9)
    })
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
