import { into, type Logger, pipeline, Ticket } from '@tickets/core'
import { memoryLog, memorySource, messagesOf } from '@tickets/core/testing'
import { describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, numbers, ticket, unique } from '../../test/helpers.ts'
import { committed, folder, numbersIn } from '../../test/sink-helpers.ts'
import { kafkaSink } from '../index.ts'
import type { StagedMessage } from './message-file.ts'
import { type ProducerOptions, TransactionalProducer } from './transactional-producer.ts'

const shared = await sharedBroker('transactions that expire')
const brokers = shared ?? []

async function topicOf() {
  const topic = unique('slow')
  await createTopic(brokers, topic)
  return topic
}

async function producer(more: Partial<ProducerOptions> = {}) {
  const topic = more.topic ?? (await topicOf())
  const id = unique('tickets-producer')
  const warnings: string[] = []
  const made = new TransactionalProducer({
    connection: { brokers },
    topic,
    transactionalId: id,
    guard: { group: id, topic },
    transactionTimeout: 60_000,
    retryFor: 60_000,
    logger: { debug() {}, info() {}, error() {}, warn: (message) => void warnings.push(message) },
    ...more,
  })
  return { topic, made, warnings }
}

const message: StagedMessage = { key: null, value: Buffer.from('row'), headers: {} }

/** One message after another, for as long as the broker takes them. */
function* endless(): Generator<StagedMessage[]> {
  for (;;) yield [message]
}

describe.skipIf(!shared)('a range that is slower than transactionTimeout', () => {
  it('is distinguished from the fence of another process, names both timeouts, and is not tried again in place', async () => {
    const { made, warnings } = await producer({ transactionTimeout: 1000 })
    await made.prepare(0)
    const error: unknown = await made.publish(0, endless).catch((e: unknown) => e)
    expect(error).toMatchObject({
      code: 'SINK_FAILED',
      retryable: true,
      message: expect.stringMatching(/transactionTimeout \(1000 ms\).*transaction\.max\.timeout\.ms/),
    })
    expect(warnings).toEqual([expect.stringMatching(/half of transactionTimeout/)])
    // The recorded range is still to be sent, and can be.
    await made.publish(0, () => [[message]])
    await made.close()
  })

  it('is lost, and no range that was too slow, when another process has sent it meanwhile', async () => {
    const topic = await topicOf()
    const same = { topic, transactionalId: unique('tickets-both'), guard: { group: unique('tickets-both'), topic } }
    const slow = (await producer(same)).made
    const owner = (await producer(same)).made
    await slow.prepare(0)
    expect(await owner.publish(0, () => [[message]])).toBe(true)
    // The broker is through with that transaction: while it is not, it asks to try again, for which the clock below leaves no time.
    expect(await owner.committedGuard()).toBe(1)
    // Whenever the clock is asked, 100 seconds are over.
    const now = performance.now.bind(performance)
    let asked = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + ++asked * 100_000)
    const error: unknown = await slow.publish(0, () => [[message]]).catch((e: unknown) => e)
    clock.mockRestore()
    expect(error).toMatchObject({ code: 'TASK_LOST', retryable: true })
    await Promise.all([slow.close(), owner.close()])
  })

  it('ends a pipeline after its retries, and a longer timeout sends what is recorded', async () => {
    const topic = await topicOf()
    const staging = await folder()
    const log = memoryLog()
    const said: string[] = []
    const logger: Logger = { debug: () => {}, info: () => {}, warn: (text) => said.push(text), error: () => {} }
    const run = (more: object) =>
      pipeline({
        name: 'copy',
        source: memorySource({ schema: Ticket, partitions: [messagesOf(numbers(0, 12_000).map(ticket))] }),
        log,
        logger,
        retries: 1,
        range: { rows: 12_000 },
        flows: (t) => ({ copy: t.pipe(into(kafkaSink({ brokers, topic, staging, ...more }))) }),
      }).run({ handleSignals: false })
    await expect(run({ transactionTimeout: 300, batchBytes: 1 })).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: expect.stringMatching(/took longer than transactionTimeout/),
    })
    expect(said.filter((text) => text.includes('half of transactionTimeout')).length).toBeGreaterThan(0)
    await run({})
    expect(numbersIn(await committed(brokers, topic, 12_000)).sort((a, b) => a - b)).toEqual(numbers(0, 12_000))
  }, 120_000)

  it('cannot ask for more than the broker allows, and the error says so', async () => {
    const { made } = await producer({ transactionTimeout: 86_400_000 })
    await expect(made.prepare(0)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable: false,
      message: expect.stringMatching(/lower transactionTimeout.*transaction\.max\.timeout\.ms/),
    })
    await made.close()
  })
})
