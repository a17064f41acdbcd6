import { describe, expect, it, vi } from 'vitest'
import { API_VERSIONS, fakeBroker, versionsAnswer } from '../../test/fake-broker.ts'
import { createKafkaJs } from './kafkajs.ts'

describe('kafkajs, corrected', () => {
  it('closes the connection of a request that got no answer in time, which may swallow every later one', async () => {
    const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([3]) : null))
    const kafka = createKafkaJs(broker, { retries: 0 }, 300)
    const cluster = kafka.cluster()
    await cluster.connect()
    await expect(cluster.metadata()).rejects.toThrow()
    await vi.waitUntil(() => broker.open() === 0, { timeout: 60_000 })
    kafka.destroy()
  })

  it('sets no timer while nothing is pending, which would wake the process every millisecond', async () => {
    const broker = await fakeBroker(({ apiKey }) => (apiKey === API_VERSIONS ? versionsAnswer([3]) : null))
    const kafka = createKafkaJs(broker, { retries: 0 }, 30_000)
    const timers = vi.spyOn(globalThis, 'setTimeout')
    await kafka.cluster().connect()
    expect(timers.mock.calls.filter(([, ms]) => Number(ms) < 0)).toEqual([])
    vi.restoreAllMocks()
    kafka.destroy()
  })
})

it('a coordinator that no broker named is asked for again: one lost answer ends no consumer', async () => {
  const cluster = createKafkaJs({ brokers: ['127.0.0.1:1'] }, { retries: 0 }, 30_000).cluster()
  Reflect.set(cluster, 'brokerPool', { withBroker: async () => null })
  const find = Reflect.get(cluster, 'findGroupCoordinatorMetadata') as (request: object) => Promise<object>
  await expect(find.call(cluster, { groupId: 'g', coordinatorType: 0 })).rejects.toMatchObject({
    name: 'KafkaJSGroupCoordinatorNotFound',
    retriable: true,
  })
})

it('a coordinator that this user may not find is an error at once, with the right that is missing', async () => {
  const cluster = createKafkaJs({ brokers: ['127.0.0.1:1'] }, { retries: 0 }, 30_000).cluster()
  const denied = Object.assign(new Error('not authorized'), { type: 'GROUP_AUTHORIZATION_FAILED' })
  const broker = { findGroupCoordinator: () => Promise.reject(denied) }
  Reflect.set(cluster, 'brokerPool', { withBroker: (work: (one: object) => Promise<object>) => work({ nodeId: 1, broker }).catch(() => null) })
  const find = Reflect.get(cluster, 'findGroupCoordinatorMetadata') as (request: object) => Promise<object>
  await expect(find.call(cluster, { groupId: 'g', coordinatorType: 0 })).rejects.toBe(denied)
})
