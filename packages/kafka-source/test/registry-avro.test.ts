import { join } from 'node:path'
import { into, pipeline, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySink } from '@tickets/core/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { serializers } from '../../../test/registry/python.ts'
import { sharedRegistry } from '../../../test/registry/shared.ts'
import { kafkaSource } from '../src/index.ts'
import { encoded } from '../src/registry/avro/types.fixture.ts'
import { framed, otherProducer } from '../src/registry/other-producer.fixture.ts'
import { avro } from '../src/registry.ts'
import { createTopic, numbers, rawKafka, ticket, unique } from './helpers.ts'
import { readMessages } from './read-messages.ts'
import { Order, order, readTopic, writeTopic } from './registry-helpers.ts'
import { folder } from './sink-helpers.ts'

const brokers = (await sharedBroker('Avro on Kafka')) ?? []
const registry = (await sharedRegistry('Avro on Kafka')) ?? ''
const isThere = brokers.length > 0 && registry !== ''
const other = isThere ? await serializers() : null
afterAll(() => other?.close())

/** Orders as another producer has them: other types, which the columns take too. */
const theirs = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: { type: 'string', logicalType: 'uuid' } },
    { name: 'unknown', type: ['null', { type: 'map', values: 'double' }], default: null },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'day', type: { type: 'int', logicalType: 'date' } },
    { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 } },
    { name: 'number', type: 'long' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'level', type: { type: 'enum', name: 'Level', symbols: ['low', 'middle', 'high'] } },
    { name: 'raw', type: { type: 'fixed', name: 'Three', size: 3 } },
    { name: 'any', type: { type: 'record', name: 'Any', fields: [{ name: 'deep', type: { type: 'array', items: ['null', 'int', 'string'] } }] } },
    {
      name: 'lines',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Line',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'count', type: 'int' },
            { name: 'price', type: ['null', 'double'] },
          ],
        },
      },
    },
    { name: 'labels', type: { type: 'map', values: 'long' } },
    {
      name: 'user',
      type: {
        type: 'record',
        name: 'User',
        fields: [
          { name: 'isNew', type: 'boolean' },
          { name: 'name', type: 'string' },
        ],
      },
    },
  ],
}
const asTheirs = ({ at, day, total, number, raw, note, ...row }: Order) => ({
  ...row,
  unknown: { x: 1 },
  note: note ?? null,
  at: { $time: at.getTime() },
  day: { $date: day },
  total: { $decimal: total },
  number: Number(number),
  raw: { $bytes: Buffer.from(raw).toString('base64') },
})
const asWritten = ({ at, day, total, number, raw, note, any, ...row }: Order) => ({
  ...row,
  note: note ?? null,
  any: JSON.stringify(any),
  at: { $time: at.getTime() },
  day: { $date: day },
  total: { $decimal: total },
  number: { $decimal: number },
  raw: { $bytes: Buffer.from(raw).toString('base64') },
})

async function topicOf(): Promise<string> {
  const topic = unique('avro')
  await createTopic(brokers, topic)
  return topic
}

async function sendAll(topic: string, values: readonly Uint8Array[]): Promise<void> {
  const producer = rawKafka(brokers).producer()
  await producer.connect()
  await producer.send({ topic, messages: values.map((value) => ({ value: Buffer.from(value), partition: 0 })) })
  await producer.disconnect()
}

describe.skipIf(!isThere)('Avro on Kafka', () => {
  it.skipIf(!other)("reads what Confluent's serializer wrote", async () => {
    const topic = await topicOf()
    const rows = [0, 1, 2].map((i) => ({ ...order(i), number: '9007199254740992' }))
    await other?.produce({ format: 'avro', brokers: brokers.join(), registry, topic, schema: theirs, rows: rows.map(asTheirs) })
    const found = await readTopic({ schema: Order, brokers, topic, format: avro({ registry }) })
    expect(found.dead).toEqual([])
    expect(found.rows).toEqual(rows)
  })

  it.skipIf(!other)("writes what Confluent's deserializer and its own source read", async () => {
    const topic = await topicOf()
    const rows = [0, 1, 2].map(order)
    await writeTopic(Order, rows, { brokers, topic, format: avro({ registry }) })
    expect((await readTopic({ schema: Order, brokers, topic, format: avro({ registry }) })).rows).toEqual(rows)
    expect(await other?.consume({ format: 'avro', brokers: brokers.join(), registry, topic, count: 3 })).toEqual(rows.map(asWritten))
  })

  it('stops before a message of a schema that does not fit, with all before it recorded', async () => {
    const topic = await topicOf()
    const { register } = otherProducer(registry)
    const fields = Object.keys(ticket(0)).map((name) => ({ name, type: 'string' }))
    const record = (all: readonly object[]) => ({ type: 'record', name: 'Ticket', fields: all })
    const value = (i: number) => ({ ...ticket(i), created_at: ticket(i).created_at.toISOString() })
    const [good, bad] = [record(fields), record(fields.slice(0, -1))]
    const [first, second] = [await register(`${topic}-value`, good), await register(unique('other'), bad)]
    await sendAll(topic, [...[0, 1, 2].map((i) => framed(first, encoded(good, value(i)))), framed(second, encoded(bad, value(3)))])
    const log = join(await folder(), 'log')
    const sink = memorySink<Ticket>()
    const groupId = unique('g')
    const run = () =>
      pipeline({
        name: 'read',
        source: kafkaSource({ schema: Ticket, brokers, topic, groupId, until: 'now', format: avro({ registry }) }),
        log: commitLog(log),
        range: { time: 200 },
        flows: (rows) => ({ all: rows.pipe(into(sink)) }),
      }).run({ handleSignals: false })
    await expect(run()).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      message: expect.stringMatching(/which messages have from offset 3 on, does not fit ticket: priority is required here/),
    })
    expect(sink.rows).toEqual([0, 1, 2].map(ticket))
    await expect(run()).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' })
    expect(sink.rows).toEqual([0, 1, 2].map(ticket))
  })

  it('decodes large pieces on a thread as it does here', async () => {
    const topic = await topicOf()
    const write = await avro({ registry }).writer({ schema: Ticket, topic, retryFor: 0 })
    const values = numbers(0, 6000).map((i) => {
      const value = write({ ...ticket(i), request: 'é'.repeat(i % 300) || 'x' })
      return i % 1009 === 5 ? value.slice(0, -2) : value
    })
    for (let from = 0; from < values.length; from += 1000) await sendAll(topic, values.slice(from, from + 1000))
    const read = async (decodeThread: boolean) => {
      const { rows, dead } = await readTopic({ schema: Ticket, brokers, topic, format: avro({ registry }), decodeThread })
      return { rows, dead: dead.map(({ position, value, reason }) => ({ position, value, reason })) }
    }
    const here = await read(false)
    expect([here.rows.length, here.dead.length]).toEqual([5994, 6])
    expect(await read(true)).toEqual(here)
  })

  it('writes nothing where the registry refuses the schema, and begins no log', async () => {
    const topic = await topicOf()
    const { register, allow } = otherProducer(registry)
    await register(`${topic}-value`, { type: 'record', name: 'order', fields: [{ name: 'id', type: 'int' }] })
    await allow(`${topic}-value`, 'BACKWARD')
    await expect(writeTopic(Order, [order(0)], { brokers, topic, format: avro({ registry }) })).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      message: expect.stringContaining('rows of order cannot be written under subject'),
    })
    expect(await readMessages(brokers, topic)).toEqual([])
  })

  it('waits for a registry that is down, and makes no message a dead letter for it', async () => {
    const topic = await topicOf()
    const write = await avro({ registry }).writer({ schema: Ticket, topic, retryFor: 0 })
    await sendAll(topic, [0, 1, 2].map(ticket).map(write))
    let failures = 0
    const fetchOr503: NonNullable<Parameters<typeof avro>[0]['fetch']> = async (url, init) => {
      // It is down once the source has compared the latest schema at its start.
      if (!url.includes('/schemas/ids/') || failures >= 4) return fetch(url, init)
      failures++
      return new Response('starting', { status: 503 })
    }
    const format = avro({ registry, fetch: fetchOr503 })
    // The first wait ends before the registry is up, and the task starts again.
    const { rows, dead } = await readTopic({ schema: Ticket, brokers, topic, format, retryFor: '1 second' })
    expect([rows, dead]).toEqual([[0, 1, 2].map(ticket), []])
    expect(failures).toBe(4)
  })

  it('keeps the bytes of a message that is no Avro', async () => {
    const topic = await topicOf()
    const bytes = Buffer.from([0xff, 0x00, 0x80])
    await sendAll(topic, [bytes])
    const { dead } = await readTopic({ schema: Ticket, brokers, topic, format: avro({ registry }) })
    expect(dead).toMatchObject([
      { value: bytes.toString('base64'), encoding: 'base64', reason: expect.stringContaining('does not begin with the byte 0') },
    ])
  })
})
