import type { Staged, Ticket } from '@tickets/core'
import { kafkaSink } from '@tickets/kafka-source'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { createTopic, numbers, unique } from './helpers.ts'
import { apiKeys, type Fate, kafkaProxy, oneFault } from './proxy.ts'
import { committed, folder, numbersIn, openWriter, stageTickets, taskOf } from './sink-helpers.ts'

/** Where connections of our client go instead; null: where they want to. */
const detour = vi.hoisted(() => ({ port: null as number | null }))
vi.mock('../src/connection/socket.ts', async (original) => {
  const { openSocket } = await original<typeof import('../src/connection/socket.ts')>()
  return { openSocket: (address: Parameters<typeof openSocket>[0]) => openSocket(detour.port === null ? address : { ...address, port: detour.port }) }
})

const shared = await sharedBroker('the Kafka sink under faults')
const brokers = shared ?? []

describe.skipIf(!shared)('a connection that breaks', () => {
  let fate: (request: { apiKey: number; number: number }) => Fate = () => 'pass'
  let requests: number[] = []
  let proxy: Awaited<ReturnType<typeof kafkaProxy>>
  beforeAll(async () => {
    proxy = await kafkaProxy(brokers[0] ?? '', ({ apiKey }) => {
      requests.push(apiKey)
      return fate({ apiKey, number: requests.length })
    })
  })
  afterAll(() => proxy?.close())

  /** Two ranges, by a writer that stops at the first error and one after it, as a supervisor would continue; what they do until then is counted. */
  async function twoRanges(options: Parameters<typeof openWriter>[0], decide: typeof fate) {
    const task = taskOf(unique('log').slice(-8))
    const recorded: { n: number; staged: Staged }[] = []
    const errors: unknown[] = []
    requests = []
    fate = decide
    detour.port = proxy.port
    for (let process = 0; process < 3 && recorded.length < 3; process++) {
      const writer = await openWriter(options, task)
      try {
        const head = recorded.at(-1)
        if (head) await writer.publish(head.staged)
        for (let n = recorded.length; n < 2; n++) {
          const staged = await stageTickets(writer, n, `p${process}`, n * 5, n * 5 + 5)
          recorded.push({ n, staged })
          await writer.publish(staged)
        }
        await writer.close()
        break
      } catch (error) {
        errors.push(error)
        await writer.close()
      }
    }
    fate = () => 'pass'
    detour.port = null
    return { requests: [...requests], errors }
  }

  async function target() {
    const topic = unique('cut')
    await createTopic(brokers, topic, 2)
    return { brokers, topic, staging: await folder(), key: 'client_id' as const, batchBytes: 400 }
  }

  it('at each request, before the broker hears of it or before its answer comes: each row once, without an error', async () => {
    const { requests: all } = await twoRanges(await target(), () => 'pass')
    const names = Object.fromEntries(Object.entries(apiKeys).map(([name, key]) => [key, name]))
    for (const needed of ['initProducerId', 'offsetFetch', 'addOffsets', 'offsets', 'addPartitions', 'produce', 'endTxn'] as const)
      expect(all.filter((key) => key === apiKeys[needed]).length, needed).toBeGreaterThan(0)
    // docs/internals/protocol.md#6.2: the guard is the truth only once no older producer can commit.
    expect(all.indexOf(apiKeys.initProducerId)).toBeLessThan(all.indexOf(apiKeys.offsetFetch))
    for (const how of ['before', 'after'] as const) {
      for (let cut = 1; cut <= all.length; cut++) {
        const options = await target()
        const { errors } = await twoRanges(options, oneFault(how, cut))
        const where = `${how} request ${cut}, ${names[all[cut - 1] ?? -1]}`
        expect(errors, where).toEqual([])
        expect(
          numbersIn(await committed(brokers, options.topic, 10, 100)).sort((a, b) => a - b),
          where,
        ).toEqual(numbers(0, 10))
      }
    }
  }, 400_000)

  it('at each request of a start: what the sink asks then is asked again', async () => {
    const options = await target()
    const sink = kafkaSink<Ticket>(options)
    const log = { id: unique('log').slice(-8), flow: 'copy', tasks: ['in-0'] }
    const writer = await openWriter(options, taskOf(log.id))
    for (const n of [0, 1]) await writer.publish(await stageTickets(writer, n, 'a', n * 5, n * 5 + 5))
    await writer.close()
    const start = async (decide: typeof fate) => {
      requests = []
      fate = decide
      detour.port = proxy.port
      try {
        await sink.prepare?.(log)
        return [await sink.place?.(), await sink.reached?.(log)]
      } finally {
        detour.port = null
        fate = () => 'pass'
      }
    }
    const told = await start(() => 'pass')
    const count = requests.length
    expect([told, requests.includes(apiKeys.findCoordinator)]).toEqual([[expect.any(String), { 'in-0': 1 }], true])
    for (const how of ['before', 'after'] as const)
      for (let cut = 1; cut <= count; cut++) expect(await start(oneFault(how, cut)), `${how} request ${cut} of ${count}`).toEqual(told)
  }, 200_000)

  it('again and again while ranges are committed: the task is opened anew and each row is there once', async () => {
    for (const how of ['before', 'after'] as const) {
      for (const apiKey of [apiKeys.endTxn, apiKeys.produce, apiKeys.offsets]) {
        const options = { ...(await target()), retryFor: 1 }
        let left = 2
        const { errors } = await twoRanges(options, (request) => (request.apiKey === apiKey && left-- > 0 ? how : 'pass'))
        expect(errors.length, `${how} ${apiKey}`).toBe(2)
        for (const error of errors) expect(error).toMatchObject({ code: 'SINK_FAILED', retryable: true })
        expect(numbersIn(await committed(brokers, options.topic, 10, 100)).sort((a, b) => a - b)).toEqual(numbers(0, 10))
      }
    }
  }, 120_000)
})
