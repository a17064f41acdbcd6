import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, drain, member, numbers, send, unique } from '../../test/helpers.ts'
import { apiKeys, type Fate, type KafkaRequest, kafkaProxy, oneFault } from '../../test/proxy.ts'
import { EmptyAnswers } from './empty-answers.ts'
import type { KafkaSource } from './source.ts'

/** Where connections of our client go instead; null: where they want to. */
const detour = vi.hoisted(() => ({ port: null as number | null }))
vi.mock('../connection/socket.ts', async (original) => {
  const { openSocket } = await original<typeof import('../connection/socket.ts')>()
  return { openSocket: (address: Parameters<typeof openSocket>[0]) => openSocket(detour.port === null ? address : { ...address, port: detour.port }) }
})

describe('EmptyAnswers', () => {
  it('waits longer each time, and is a proof only after the longest series where nobody knows where the messages lie', () => {
    const answers = new EmptyAnswers(0)
    const waits: number[] = []
    const proofs: string[] = []
    for (let now = 0; !answers.isProof(false); now = answers.askAt) {
      answers.add(now, 100 + now)
      waits.push(answers.askAt - now)
      proofs.push(`${answers.isProof(true)} ${answers.isProof(false)}`)
    }
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
    expect(proofs).toEqual([...Array(6).fill('false false'), 'true false', 'true false', 'true true'])
    expect(answers.end).toBe(100)
  })
})

const shared = await sharedBroker('empty answers to fetches')
const brokers = shared ?? []

describe.skipIf(!shared)('an answer without records', () => {
  let fate: (request: KafkaRequest) => Fate = () => 'pass'
  let proxy: Awaited<ReturnType<typeof kafkaProxy>>
  beforeAll(async () => {
    proxy = await kafkaProxy(brokers[0] ?? '', (request) => fate(request))
    detour.port = proxy.port
  })
  afterEach(() => {
    fate = () => 'pass'
  })
  afterAll(() => {
    detour.port = null
    return proxy?.close()
  })

  const count = 2000
  async function reading(empty: (fetch: number) => boolean, what: Fate = 'empty') {
    const topic = unique('empty')
    await createTopic(brokers, topic, 2)
    for (const p of [0, 1]) await send(brokers, topic, p * count, (p + 1) * count, p)
    let fetches = 0
    fate = ({ apiKey }) => (apiKey === apiKeys.fetch && empty(fetches++) ? what : 'pass')
    const m = await member({ brokers, topic, groupId: unique('g'), partitionBytes: 50_000, queueBytes: 100_000 })
    const read = (p: number) => m.open(`${topic}-${p}`, 0, { to: count }).then((reader) => drain(reader, { ms: 40_000 }))
    return { m, read, skipped: () => (m.source as KafkaSource<unknown>).skipped }
  }

  it.each([
    ['the first', (n: number) => n === 0],
    ['the second and third', (n: number) => n === 1 || n === 2],
    ['every other', (n: number) => n % 2 === 1 && n < 40],
    ['four in a row', (n: number) => n >= 3 && n < 7],
  ])(
    'moves no position: %s',
    async (_, empty) => {
      const { m, read, skipped } = await reading(empty)
      const reads = await Promise.all([read(0), read(1)])
      expect(reads.map((r) => r.rows)).toEqual([numbers(0, count), numbers(count, 2 * count)])
      expect(skipped()).toBe(0)
      await m.close()
    },
    60_000,
  )

  it.each(['before', 'after'] as const)(
    'one connection that ends during a fetch (%s) costs no row, in two readers after each other',
    async (how) => {
      const { m, read } = await reading(() => false)
      for (let turn = 0; turn < 2; turn++) {
        const fault = oneFault(how, 2, ({ apiKey }) => apiKey === apiKeys.fetch)
        fate = fault
        const reads = await Promise.all([read(0), read(1)])
        expect(reads.map((r) => r.rows)).toEqual([numbers(0, count), numbers(count, 2 * count)])
        expect(fault.wasHit()).toBe(true)
      }
      await m.close()
    },
    60_000,
  )

  it('is asked for again when it was damaged on the way', async () => {
    let damaged = 0
    const damage = (answer: Buffer): Buffer => {
      const copy = Buffer.from(answer)
      // The last byte belongs to a record, where there are any: a letter of its value.
      if (copy.length > 1000 && damaged++ < 3) copy[copy.length - 5] = (copy.at(-5) ?? 0) ^ 1
      return copy
    }
    const { m, read } = await reading(() => true, damage)
    const reads = await Promise.all([read(0), read(1)])
    expect(reads.map((r) => r.rows)).toEqual([numbers(0, count), numbers(count, 2 * count)])
    expect(damaged).toBeGreaterThan(3)
    await m.close()
  })
})
