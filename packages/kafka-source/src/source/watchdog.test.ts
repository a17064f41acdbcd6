import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, drain, limit, member, numbers, send, unique } from '../../test/helpers.ts'
import { apiKeys, type Fate, type KafkaRequest, kafkaProxy } from '../../test/proxy.ts'
import { PartitionQueue } from './partition-queue.ts'
import type { KafkaSource } from './source.ts'
import { type Stall, Watchdog } from './watchdog.ts'

/** Where connections of our client go instead; null: where they want to. */
const detour = vi.hoisted(() => ({ port: null as number | null }))
vi.mock('../connection/socket.ts', async (original) => {
  const { openSocket } = await original<typeof import('../connection/socket.ts')>()
  return { openSocket: (address: Parameters<typeof openSocket>[0]) => openSocket(detour.port === null ? address : { ...address, port: detour.port }) }
})

describe('the watchdog', () => {
  const queueOf = () => new PartitionQueue({ topic: 't', partition: 0, from: 5, to: undefined, end: 5, bytes: 100 })
  function watch(queue: PartitionQueue, ends: () => Promise<number>) {
    const stalls: Stall[] = []
    const unanswered: unknown[] = []
    const clock = { now: 0 }
    let asked = 0
    const dog = new Watchdog({
      stallTimeout: 1000,
      queues: () => [queue],
      ends: async () => {
        asked++
        return new Map([['t-0', await ends()]])
      },
      onStall: async (found) => void stalls.push(...found),
      onUnanswered: (error) => void unanswered.push(error),
      now: () => clock.now,
    })
    dog.close()
    const at = async (now: number) => {
      clock.now = now
      await dog.look()
    }
    return { at, stalls, unanswered, asked: () => asked }
  }

  it('asks only after silence, and barks only when the end is ahead', async () => {
    const queue = queueOf()
    let end = 5
    const { at, stalls, asked } = watch(queue, async () => end)
    await at(0)
    await at(999)
    expect(asked()).toBe(0)
    await at(1000)
    expect([asked(), stalls]).toEqual([1, []])
    end = 6
    await at(1250)
    await at(2249)
    expect(asked()).toBe(1)
    await at(2250)
    expect(stalls).toEqual([{ partition: 't-0', position: 5, end: 6 }])
  })

  it('starts anew whenever something came, or there was no room', async () => {
    const queue = queueOf()
    const { at, stalls, asked } = watch(queue, async () => 99)
    await at(0)
    queue.offset = 6
    await at(900)
    await at(1800)
    expect(asked()).toBe(0)
    queue.bytes = 100
    await at(1900)
    queue.bytes = 0
    await at(2800)
    expect(asked()).toBe(0)
    await at(3800)
    expect(stalls).toHaveLength(1)
  })

  it('takes nothing back for what came while it asked, and asks again when there was no answer', async () => {
    const queue = queueOf()
    let answer = async (): Promise<number> => {
      queue.offset = 7
      return 99
    }
    const { at, stalls, unanswered } = watch(queue, () => answer())
    await at(0)
    await at(1000)
    expect(stalls).toEqual([])
    answer = () => Promise.reject(new Error('away'))
    await at(1250)
    await at(2250)
    await at(2500)
    expect([stalls.length, unanswered.length]).toEqual([0, 2])
    answer = async () => 99
    await at(2750)
    expect(stalls).toHaveLength(1)
  })
})

const shared = await sharedBroker('a Kafka client that hangs')
const brokers = shared ?? []

describe.skipIf(!shared)('a client that hangs', () => {
  let fate: (request: KafkaRequest) => Fate = () => 'pass'
  let youngest = 0
  let proxy: Awaited<ReturnType<typeof kafkaProxy>>
  beforeAll(async () => {
    proxy = await kafkaProxy(brokers[0] ?? '', (request) => {
      youngest = Math.max(youngest, request.connection)
      return fate(request)
    })
    detour.port = proxy.port
  })
  afterEach(() => {
    fate = () => 'pass'
  })
  afterAll(() => {
    detour.port = null
    return proxy?.close()
  })

  async function reading(more: object) {
    const topic = unique('hang')
    await createTopic(brokers, topic)
    await send(brokers, topic, 0, 10)
    const said: unknown[] = []
    const warn = (message: string, details?: object) => void said.push({ message, ...details })
    const logger = { debug: () => {}, info: () => {}, warn, error: warn }
    const m = await member({ brokers, topic, groupId: unique('g'), logger, ...more })
    const reader = await m.open(`${topic}-0`, 0)
    expect((await drain(reader, { enough: (n) => n === 10 })).rows).toEqual(numbers(0, 10))
    return { m, reader, topic, said, stalls: () => (m.source as KafkaSource<unknown>).stalls }
  }

  it('is found, said and replaced when its connection swallows fetches, and reading continues', async () => {
    const { m, reader, topic, said, stalls } = await reading({ stallTimeout: 1500 })
    const old = youngest
    fate = ({ apiKey, connection }) => (apiKey === apiKeys.fetch && connection <= old ? 'swallow' : 'pass')
    // The fetch that waits at the broker now is still answered.
    await reader.read(limit({ ms: 500 }))
    await send(brokers, topic, 10, 20)
    const began = Date.now()
    expect((await drain(reader, { enough: (n) => n === 10 })).rows).toEqual(numbers(10, 20))
    expect(Date.now() - began).toBeLessThan(8000)
    expect(stalls()).toBe(1)
    expect(said).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/hangs/), stalls: [{ partition: `${topic}-0`, position: 10, end: 20 }] }),
    )
    expect(m.events).toHaveLength(1)
    await m.close()
  })

  it('comes back when every connection it has goes silent, heartbeats included', async () => {
    const { m, reader, topic, stalls } = await reading({ stallTimeout: 1500, sessionTimeout: 4000, heartbeatInterval: 300 })
    const old = youngest
    fate = ({ connection }) => (connection <= old ? 'swallow' : 'pass')
    await reader.read(limit({ ms: 500 }))
    await send(brokers, topic, 10, 20)
    const rows: number[] = []
    const deadline = Date.now() + 40_000
    while (rows.length < 10 && Date.now() < deadline) {
      try {
        await m.until((held) => held.length > 0)
        rows.push(...(await drain(await m.open(`${topic}-0`, 10 + rows.length), { enough: (n) => n >= 10 - rows.length })).rows)
      } catch (error) {
        expect(error).toMatchObject({ code: 'TASK_LOST', retryable: true })
      }
    }
    expect(rows).toEqual(numbers(10, 20))
    expect(stalls()).toBeLessThanOrEqual(1)
    // The membership outlasts its session, or forms again.
    await new Promise((done) => setTimeout(done, 5000))
    await vi.waitUntil(() => m.held().length === 1, { timeout: 60_000 })
    await send(brokers, topic, 20, 30)
    expect((await drain(await m.open(`${topic}-0`, 20), { enough: (n) => n === 10 })).rows).toEqual(numbers(20, 30))
    expect(m.failures).toEqual([])
    await m.close()
  })

  it('is left alone on a quiet topic, and while its reader takes nothing', async () => {
    const { m, reader, topic, stalls } = await reading({ stallTimeout: 300, queueBytes: 500 })
    await reader.read(limit({ ms: 1000 }))
    await send(brokers, topic, 10, 400)
    await new Promise((done) => setTimeout(done, 1500))
    expect(stalls()).toBe(0)
    expect((await drain(reader, { enough: (n) => n === 390 })).rows).toEqual(numbers(10, 400))
    await m.close()
  })
})
