import { into, pipeline, Ticket } from '@tickets/core'
import { memoryLog, memorySource, messagesOf } from '@tickets/core/testing'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, numbers, rawKafka, ticket, unique } from '../../test/helpers.ts'
import { recordBatch, varint } from '../../test/record-batches.ts'
import { committed, folder, numbersIn, openWriter, stageTickets, taskOf } from '../../test/sink-helpers.ts'
import { kafkaSink } from './sink.ts'
import { batchSize, requestBytes } from './topic-limits.ts'

const shared = await sharedBroker('what a topic takes')
const brokers = shared ?? []

async function target(config: Record<string, string>) {
  const topic = unique('limits')
  await createTopic(brokers, topic, 1, config)
  return { brokers, topic, staging: await folder(), retryFor: 20_000 }
}

async function configure(topic: string, name: string, value: string): Promise<void> {
  const admin = rawKafka(brokers).admin()
  await admin.connect()
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries: [{ name, value }] }] })
  await admin.disconnect()
}

it('measures a message as it is encoded, whatever lengths take how many bytes', () => {
  expect(batchSize({ key: null, value: 'v'.repeat(100) })).toBe(recordBatch(0, ['v'.repeat(100)]).length)
  for (const edge of [2 ** 6, 2 ** 13, 2 ** 20, 2 ** 27])
    for (let byteLength = edge - 12; byteLength < edge + 12; byteLength++) {
      const record = 3 + varint(-1).length + varint(byteLength).length + byteLength + 1
      expect(batchSize({ key: null, value: { byteLength } as Uint8Array }), `${byteLength}`).toBe(61 + varint(record).length + record)
    }
})

it('keeps a request of several messages a tenth below what the topic takes in one batch, and at least one byte', () => {
  const of = (batchBytes: number | null) => ({ partitions: 1, batchBytes, needsKey: false })
  expect([requestBytes(1e6, of(10_000)), requestBytes(500, of(10_000)), requestBytes(500, of(null)), requestBytes(500, of(60))]).toEqual([
    9000 - 61,
    500,
    500,
    1,
  ])
})

describe.skipIf(!shared)('a message that the topic does not take', () => {
  it('is measured to the byte, as the broker does', async () => {
    const limit = 20_000
    const { topic, ...rest } = await target({ 'max.message.bytes': String(limit) })
    const producer = rawKafka(brokers).producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    const shapes = [{ key: null }, { key: 'k'.repeat(63) }, { key: 'é'.repeat(40), headers: { a: 'b', long: 'x'.repeat(9000) } }]
    for (const [i, shape] of shapes.entries()) {
      const size = (length: number) => batchSize({ ...shape, value: 'v'.repeat(length) })
      let length = limit - 12_000
      while (size(length) < limit) length++
      expect(size(length)).toBe(limit)
      const message = (more: number) => ({ ...shape, value: 'v'.repeat(length + more) })
      await producer.send({ topic, messages: [message(0)] })
      await expect(producer.send({ topic, messages: [message(1)] })).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' })
      const sink = (more: number) => ({
        ...rest,
        topic,
        key: () => shape.key,
        value: () => message(more).value,
        ...(shape.headers && { headers: () => shape.headers }),
      })
      const fits = await openWriter(sink(0), taskOf(unique('log').slice(-8)))
      await fits.publish(await stageTickets(fits, 0, 'a', i, i + 1))
      const large = await openWriter(sink(1), taskOf(unique('log').slice(-8)))
      await expect(stageTickets(large, 0, 'a', i, i + 1)).rejects.toMatchObject({
        code: 'SINK_FAILED',
        retryable: false,
        message: expect.stringMatching(/flow "copy".*20001 bytes.*takes 20000.*max\.message\.bytes/),
      })
      await Promise.all([fits.close(), large.close()])
    }
    await producer.disconnect()
  })

  it('stops a pipeline before the row is recorded, and a larger limit lets it continue with each row once', async () => {
    const options = await target({ 'max.message.bytes': '3000' })
    const log = memoryLog()
    const rows = numbers(0, 20).map((i) => ({ ...ticket(i), request: i === 13 ? 'x'.repeat(5000) : 'short' }))
    const run = () =>
      pipeline({
        name: 'copy',
        source: memorySource({ schema: Ticket, partitions: [messagesOf(rows)] }),
        log,
        range: { rows: 5 },
        retries: 0,
        flows: (t) => ({ copy: t.pipe(into(kafkaSink({ ...options, key: 'client_id' }))) }),
      }).run({ handleSignals: false })
    await expect(run()).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringMatching(/CLIENT_1013.*max\.message\.bytes/) })
    await configure(options.topic, 'max.message.bytes', '10000')
    await run()
    expect(numbersIn(await committed(brokers, options.topic, 20))).toEqual(numbers(0, 20))
  })

  it('is one of many small ones in a request that is too large: then requests are smaller', async () => {
    const options = await target({ 'max.message.bytes': '2000' })
    const writer = await openWriter(options, taskOf(unique('log').slice(-8)))
    await writer.publish(await stageTickets(writer, 0, 'a', 0, 500))
    expect(numbersIn(await committed(brokers, options.topic, 500))).toEqual(numbers(0, 500))
    await writer.close()
  })

  it('was recorded before the limit was lowered: it is sent once the limit is raised again', async () => {
    const options = await target({ 'max.message.bytes': '20000' })
    const task = taskOf(unique('log').slice(-8))
    const before = await openWriter({ ...options, value: (t) => JSON.stringify({ ...t, request: 'x'.repeat(9000) }) }, task)
    const staged = await stageTickets(before, 0, 'a', 0, 2)
    await before.close()
    await configure(options.topic, 'max.message.bytes', '3000')
    const writer = await openWriter(options, task)
    await expect(writer.publish(staged)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable: false,
      message: expect.stringMatching(/max\.message\.bytes.*start again/),
    })
    await configure(options.topic, 'max.message.bytes', '20000')
    await writer.publish(staged)
    expect(numbersIn(await committed(brokers, options.topic, 2))).toEqual([0, 1])
    await writer.close()
  })

  it('has no key, and the topic is compacted: refused at the start, or before the row is recorded', async () => {
    const options = await target({ 'cleanup.policy': 'compact' })
    await expect(kafkaSink<Ticket>(options).begin?.({ id: 'x', takesOver: false, remove: [] })).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      message: expect.stringMatching(/compacted.*`key`/),
    })
    const sometimes = { ...options, key: (t: Ticket) => (t.ticket_id.endsWith('3') ? null : t.client_id) }
    await kafkaSink<Ticket>(sometimes).begin?.({ id: 'x', takesOver: false, remove: [] })
    const writer = await openWriter(sometimes, taskOf(unique('log').slice(-8)))
    await writer.publish(await stageTickets(writer, 0, 'a', 0, 3))
    await expect(stageTickets(writer, 1, 'a', 3, 4)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: expect.stringMatching(/no key.*compacted.*run again/),
    })
    await writer.close()
    await configure(options.topic, 'cleanup.policy', 'delete')
    const after = await openWriter(sometimes, taskOf(unique('log').slice(-8)))
    await after.publish(await stageTickets(after, 0, 'a', 3, 4))
    await after.close()
    expect(numbersIn(await committed(brokers, options.topic, 4))).toEqual(numbers(0, 4))
  })

  it('has no key, and was recorded before the topic was compacted: the advice sends it', async () => {
    const options = await target({ 'cleanup.policy': 'delete' })
    const task = taskOf(unique('log').slice(-8))
    const before = await openWriter(options, task)
    const staged = await stageTickets(before, 0, 'a', 0, 2)
    await before.close()
    await configure(options.topic, 'cleanup.policy', 'compact')
    const writer = await openWriter(options, task)
    await expect(writer.publish(staged)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable: false,
      message: expect.stringMatching(/set it to delete/),
    })
    await configure(options.topic, 'cleanup.policy', 'delete')
    await writer.publish(staged)
    expect(numbersIn(await committed(brokers, options.topic, 2))).toEqual([0, 1])
    await writer.close()
  })
})
