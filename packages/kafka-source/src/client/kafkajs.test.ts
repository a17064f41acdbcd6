import { describe, expect, it, vi } from 'vitest'
import { clusterContract, producerContract } from '../../test/driver-contract.ts'
import { API_VERSIONS, fakeBroker, versionsAnswer } from '../../test/fake-broker.ts'
import { withCluster } from './client.ts'
import { createKafkaJs } from './kafkajs.ts'

clusterContract('kafkajs')
producerContract('kafkajs')

describe('a client of kafkajs', () => {
  it('says nothing on the console, and what a logger is given says where it is from', async () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level))
    const said: string[] = []
    const note = (text: string) => void said.push(text)
    const logger = { debug: note, info: note, warn: note, error: note }
    for (const options of [{ brokers: ['127.0.0.1:1'] }, { brokers: ['127.0.0.1:1'], logger }]) {
      const kafka = createKafkaJs(options, { retries: 0 }, 30_000)
      await expect(withCluster(kafka, async () => {})).rejects.toThrow()
    }
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    expect(said.some((text) => /^\w+: .*/.test(text))).toBe(true)
    vi.restoreAllMocks()
  })

  it('opens no connection once it was ended, however it is used', async () => {
    const broker = await fakeBroker(() => null)
    const kafka = createKafkaJs(broker, { retries: 0 }, 30_000)
    kafka.destroy()
    await expect(kafka.cluster().connect()).rejects.toThrow()
    expect(broker.opened()).toBe(0)
  })

  it('releases its connections when they are dropped, and may open others after that', async () => {
    const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([3]) : null))
    const kafka = createKafkaJs(broker, { retries: 0 }, 30_000)
    const cluster = kafka.cluster()
    await cluster.connect()
    expect(broker.open()).toBe(1)
    kafka.drop()
    await vi.waitUntil(() => broker.open() === 0, { timeout: 60_000 })
    const again = kafka.cluster()
    await again.connect()
    expect(broker.opened()).toBe(2)
    kafka.destroy()
    await vi.waitUntil(() => broker.open() === 0, { timeout: 60_000 })
  })
})
