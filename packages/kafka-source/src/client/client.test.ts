import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, unique } from '../../test/helpers.ts'
import {
  type Cluster,
  closeClient,
  createCluster,
  createKafka,
  destroyClient,
  dropConnections,
  maxVersion,
  send,
  topicConfig,
  withCluster,
} from './client.ts'

const API_VERSIONS = 18

interface Frame {
  readonly apiKey: number
  readonly correlation: Buffer
}

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** A server that speaks as much of the protocol as a test needs: `answer` gives the body of an answer, or null for none. */
async function fakeBroker(answer: (frame: Frame) => Buffer | null) {
  const sockets = new Set<Socket>()
  const seen: Frame[] = []
  let opened = 0
  const server = createServer((socket) => {
    opened++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    let held = Buffer.alloc(0)
    socket.on('data', (data) => {
      held = Buffer.concat([held, data])
      while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
        const frame = { apiKey: held.readInt16BE(4), correlation: Buffer.from(held.subarray(8, 12)) }
        held = held.subarray(4 + held.readInt32BE(0))
        seen.push(frame)
        const body = answer(frame)
        if (!body) continue
        const size = Buffer.alloc(4)
        size.writeInt32BE(4 + body.length)
        socket.write(Buffer.concat([size, frame.correlation, body]))
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  })
  const { port } = server.address() as AddressInfo
  return { brokers: [`127.0.0.1:${port}`], port, seen, opened: () => opened, open: () => sockets.size }
}

/** The answer to ApiVersions (version 0): no error, and each API in versions 0 to 1. */
function versionsAnswer(apiKeys: readonly number[]): Buffer {
  const body = Buffer.alloc(6 + 6 * apiKeys.length)
  body.writeInt32BE(apiKeys.length, 2)
  for (const [i, apiKey] of apiKeys.entries()) {
    body.writeInt16BE(apiKey, 6 + 6 * i)
    body.writeInt16BE(1, 10 + 6 * i)
  }
  return body
}

describe('a client', () => {
  it('says nothing on the console, and what a logger is given says where it is from', async () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level))
    const said: string[] = []
    const note = (text: string) => void said.push(text)
    const logger = { debug: note, info: note, warn: note, error: note }
    for (const options of [{ brokers: ['127.0.0.1:1'] }, { brokers: ['127.0.0.1:1'], logger }]) {
      const kafka = createKafka(options, { retries: 0 })
      await expect(withCluster(kafka, async () => {})).rejects.toThrow()
    }
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    expect(said.some((text) => /^\w+: .*/.test(text))).toBe(true)
    vi.restoreAllMocks()
  })

  it('opens no connection once it was ended, however it is used', async () => {
    const broker = await fakeBroker(() => null)
    const kafka = createKafka(broker, { retries: 0 })
    destroyClient(kafka)
    await expect(createCluster(kafka).connect()).rejects.toThrow()
    expect(broker.opened()).toBe(0)
  })

  it('releases its connections when they are dropped, and may open others after that', async () => {
    const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([3]) : null))
    const kafka = createKafka(broker, { retries: 0 })
    const cluster = createCluster(kafka)
    await cluster.connect()
    expect(broker.open()).toBe(1)
    dropConnections(kafka)
    await vi.waitUntil(() => broker.open() === 0, { timeout: 60_000 })
    const again = createCluster(kafka)
    await again.connect()
    expect(broker.opened()).toBe(2)
    destroyClient(kafka)
    await vi.waitUntil(() => broker.open() === 0, { timeout: 60_000 })
  })

  it('ends its connections also when disconnecting fails', async () => {
    const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([3]) : null))
    const kafka = createKafka(broker, { retries: 0 })
    await createCluster(kafka).connect()
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

  it('closes the connection of a request that got no answer in time, which may swallow every later one', async () => {
    const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([3]) : null))
    const kafka = createKafka(broker, { retries: 0 }, 300)
    const cluster = createCluster(kafka)
    await cluster.connect()
    await expect(cluster.metadata()).rejects.toThrow()
    await vi.waitUntil(() => broker.open() === 0, { timeout: 60_000 })
    destroyClient(kafka)
  })

  it('sets no timer while nothing is pending, which would wake the process every millisecond', async () => {
    const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([3]) : null))
    const kafka = createKafka(broker, { retries: 0 })
    const timers = vi.spyOn(globalThis, 'setTimeout')
    await createCluster(kafka).connect()
    expect(timers.mock.calls.filter(([, ms]) => Number(ms) < 0)).toEqual([])
    vi.restoreAllMocks()
    destroyClient(kafka)
  })
})

it('a coordinator that no broker named is asked for again: one lost answer ends no consumer', async () => {
  const cluster = createCluster(createKafka({ brokers: ['127.0.0.1:1'] }, { retries: 0 }))
  Reflect.set(cluster, 'brokerPool', { withBroker: async () => null })
  const find = Reflect.get(cluster, 'findGroupCoordinatorMetadata') as (request: object) => Promise<object>
  await expect(find.call(cluster, { groupId: 'g', coordinatorType: 0 })).rejects.toMatchObject({
    name: 'KafkaJSGroupCoordinatorNotFound',
    retriable: true,
  })
})

const shared = await sharedBroker('the Kafka client')
const brokers = shared ?? []

describe.skipIf(!shared)('a cluster', () => {
  const visit = <R>(work: (cluster: Cluster, node: string) => Promise<R>) =>
    withCluster(createKafka({ brokers }, { retries: 3 }), async (cluster) => {
      await cluster.refreshMetadata()
      return work(cluster, String(cluster.getNodeIds()[0]))
    })

  it('tells the highest version of an API, and -1 for one that the broker does not know', async () => {
    expect(await visit((cluster, node) => maxVersion(cluster, node, API_VERSIONS))).toBeGreaterThan(0)
    expect(await visit((cluster, node) => maxVersion(cluster, node, 9999))).toBe(-1)
  })

  it('gives the answer to an encoded request as it came', async () => {
    const raw = { apiKey: API_VERSIONS, apiVersion: 0, apiName: 'ApiVersions', body: Buffer.alloc(0) }
    const answer = await visit((cluster, node) => send(cluster, node, raw))
    expect(answer.readInt16BE(0)).toBe(0)
    expect(answer.length).toBe(6 + 6 * answer.readInt32BE(2))
  })

  it('tells what is set for a topic, and refuses one that is not there', async () => {
    const topic = unique('config')
    await createTopic(brokers, topic, 1, { 'max.message.bytes': '4321' })
    const config = await visit((cluster) => topicConfig(cluster, topic, ['max.message.bytes', 'cleanup.policy']))
    expect(config.get('max.message.bytes')).toBe('4321')
    expect(config.get('cleanup.policy')).toBe('delete')
    await expect(visit((cluster) => topicConfig(cluster, unique('none'), ['cleanup.policy']))).rejects.toThrow()
  })

  it('finds nothing out where this user may not look, and fails with anything else', async () => {
    const refusing = (type: string) =>
      ({
        getNodeIds: () => [0],
        findBroker: async () => ({ describeConfigs: () => Promise.reject(Object.assign(new Error(type), { type })) }),
      }) as never
    expect(await topicConfig(refusing('TOPIC_AUTHORIZATION_FAILED'), 't', [])).toEqual(new Map())
    await expect(topicConfig(refusing('REQUEST_TIMED_OUT'), 't', [])).rejects.toThrow('REQUEST_TIMED_OUT')
  })
})
