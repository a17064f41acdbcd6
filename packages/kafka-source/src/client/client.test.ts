import { afterEach, describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, unique } from '../../test/helpers.ts'
import { API_VERSIONS, fakeBroker as openFakeBroker, versionsAnswer } from '../connection/fake-broker.fixture.ts'
import { type Cluster, closeClient, createCluster, createKafka, destroyClient, dropConnections, topicConfig, withCluster } from './client.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function fakeBroker(...args: Parameters<typeof openFakeBroker>) {
  const broker = await openFakeBroker(...args)
  stops.push(broker.close)
  return broker
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
    expect(await visit((cluster, node) => cluster.maxVersion(node, API_VERSIONS))).toBeGreaterThan(0)
    expect(await visit((cluster, node) => cluster.maxVersion(node, 9999))).toBe(-1)
  })

  it('gives the answer to an encoded request as it came', async () => {
    const raw = { apiKey: API_VERSIONS, apiVersion: 0, apiName: 'ApiVersions', body: Buffer.alloc(0) }
    const answer = await visit((cluster, node) => cluster.send(node, raw))
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
