import { Worker } from 'node:worker_threads'
import { Ticket } from '@tickets/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { send, unique } from '../../test/helpers.ts'
import { type Fate, kafkaProxy } from '../../test/proxy.ts'
import { ensureTopic, kafkaSource } from '../index.ts'

/** Where connections of our client go instead; null: where they want to. */
const detour = vi.hoisted(() => ({ port: null as number | null }))
vi.mock('../connection/socket.ts', async (original) => {
  const { openSocket } = await original<typeof import('../connection/socket.ts')>()
  return { openSocket: (address: Parameters<typeof openSocket>[0]) => openSocket(detour.port === null ? address : { ...address, port: detour.port }) }
})

const shared = await sharedBroker('making topics')
const brokers = shared ?? []

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  detour.port = null
  for (const close of closing.splice(0)) await close()
})

/** Keeps processors busy. */
function load(threads: number): void {
  for (let i = 0; i < threads; i++) {
    const worker = new Worker('for (;;) Math.sqrt(Math.random())', { eval: true })
    closing.push(() => worker.terminate())
  }
}

describe.skipIf(!shared)('ensureTopic', () => {
  it('makes 60 partitions on a busy machine, and all of them can be used at once', async () => {
    load(8)
    const make = async () => {
      const topic = unique('many')
      expect(await ensureTopic({ brokers, topic, partitions: 60 })).toEqual({ topic, partitions: 60, created: true })
      const { partitions } = await kafkaSource({ schema: Ticket, brokers, topic, groupId: unique('g') }).describe()
      expect(partitions).toHaveLength(60)
    }
    await Promise.all(Array.from({ length: 6 }, make))
  }, 120_000)

  it('is not misled by an answer that is lost, whichever it is', async () => {
    let requests = 0
    let fate: (number: number) => Fate = () => 'pass'
    const proxy = await kafkaProxy(brokers[0] ?? '', () => fate(++requests))
    closing.push(() => proxy.close())
    detour.port = proxy.port
    await ensureTopic({ brokers, topic: unique('counted') })
    const all = requests
    expect(all).toBeGreaterThan(4)
    for (const how of ['before', 'after'] as const) {
      for (let cut = 1; cut <= all; cut++) {
        const topic = unique('cut')
        requests = 0
        fate = (number) => (number === cut ? how : 'pass')
        expect(await ensureTopic({ brokers, topic, partitions: 4 }), `${how} request ${cut}`).toMatchObject({ topic, partitions: 4 })
        detour.port = null
        await send(brokers, topic, 0, 1, 3)
        detour.port = proxy.port
      }
    }
  }, 120_000)

  it('leaves a topic that is there, and says why a broker refuses one', async () => {
    const topic = unique('there')
    await ensureTopic({ brokers, topic, partitions: 2 })
    expect(await ensureTopic({ brokers, topic, partitions: 5 })).toEqual({ topic, partitions: 2, created: false })
    await expect(ensureTopic({ brokers, topic: unique('bad'), config: { 'retention.ms': 'never' } })).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      retryable: false,
      message: expect.stringMatching(/retention\.ms/),
    })
    await expect(ensureTopic({ brokers, topic: unique('bad'), replicationFactor: 99 })).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      retryable: false,
    })
  })
})
