import { Ticket } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { sharedRegistry } from '../../../../test/registry/shared.ts'
import { drain, member, numberOf, numbers, ticket, unique } from '../../test/helpers.ts'
import { readMessages } from '../../test/read-messages.ts'
import { Order, order, readTopic } from '../../test/registry-helpers.ts'
import { ensureTopic, produce, produceTickets } from '../index.ts'
import { avro } from '../registry.ts'

const shared = await sharedBroker('the producer')
const brokers = shared ?? []
const registry = shared && (await sharedRegistry('the producer of Avro'))

async function contents(topic: string): Promise<{ id: string; rows: Ticket[] }[]> {
  const m = await member({ brokers, topic, groupId: unique('g') })
  const { partitions } = await m.source.describe()
  const all = []
  for (const { id, end } of partitions) {
    const { chunks } = await drain(await m.open(id, 0, { to: end }))
    all.push({ id, rows: chunks.flatMap((c) => c.batch.toArray()) })
  }
  await m.close()
  return all
}

describe.skipIf(!shared)('producing', () => {
  it('creates a topic once, and leaves one that is there', async () => {
    const topic = unique('ensure')
    expect(await ensureTopic({ brokers, topic })).toEqual({ topic, partitions: 3, created: true })
    expect(await ensureTopic({ brokers, topic, partitions: 7 })).toEqual({ topic, partitions: 3, created: false })
  })

  it('sends rows by key, in order, as they were', async () => {
    const topic = unique('produce')
    await ensureTopic({ brokers, topic })
    const source = numbers(0, 5000).map((i) => ({ ...ticket(i), client_id: `CLIENT_${1000 + (i % 40)}`, request: `für « ${i} » 🎫` }))
    const progress: number[] = []
    expect(await produceTickets({ brokers, topic, schema: Ticket, source, batchSize: 700, onProgress: (n) => progress.push(n) })).toEqual({
      sent: 5000,
    })
    expect(progress.at(-1)).toBe(5000)
    const got = await contents(topic)
    expect(got.every((p) => p.rows.length > 0)).toBe(true)
    expect(got.flatMap((p) => p.rows).sort((a, b) => numberOf(a) - numberOf(b))).toEqual(source)
    const home = new Map<string, string>()
    for (const { id, rows } of got) {
      expect(rows.map(numberOf)).toEqual(rows.map(numberOf).sort((a, b) => a - b))
      for (const row of rows) expect(home.get(row.client_id) ?? id).toBe(id)
      for (const row of rows) home.set(row.client_id, id)
    }
  })

  it.skipIf(!registry)('sends rows with nested columns, as JSON and as Avro, with and without a key', async () => {
    const rows = numbers(0, 20).map(order)
    const format = avro({ registry: registry ?? '' })
    const [plain, keyed] = [unique('nested'), unique('nested')]
    for (const topic of [plain, keyed]) await ensureTopic({ brokers, topic, partitions: 1 })
    expect(await produce({ brokers, topic: plain, schema: Order, source: rows })).toEqual({ sent: 20 })
    expect(await produce({ brokers, topic: keyed, schema: Order, source: rows, key: 'id', format })).toEqual({ sent: 20 })
    expect((await readTopic({ schema: Order, brokers, topic: plain })).rows).toEqual(rows)
    expect((await readTopic({ schema: Order, brokers, topic: keyed, format })).rows).toEqual(rows)
    expect((await readMessages(brokers, plain)).map(({ key }) => key)).toEqual(rows.map(() => null))
    expect((await readMessages(brokers, keyed)).map(({ key }) => String(key))).toEqual(rows.map(({ id }) => id))
    await expect(produce({ brokers, topic: plain, schema: Order, source: rows, key: 'lines' })).rejects.toThrow('a key is a single value')
  })

  it('takes a partition for each row, and an async source', async () => {
    const topic = unique('produce')
    await ensureTopic({ brokers, topic })
    async function* source() {
      for (let i = 0; i < 10; i++) yield ticket(i)
    }
    await produceTickets({ brokers, topic, schema: Ticket, source: source(), partition: (_, i) => i % 3 })
    expect((await contents(topic)).map((p) => p.rows.map(numberOf))).toEqual([
      [0, 3, 6, 9],
      [1, 4, 7],
      [2, 5, 8],
    ])
  })

  it('keeps to a rate, and stops on a signal', async () => {
    const topic = unique('rate')
    await ensureTopic({ brokers, topic })
    const began = performance.now()
    await produceTickets({ brokers, topic, schema: Ticket, source: numbers(0, 100).map(ticket), rate: 100 })
    expect(performance.now() - began).toBeGreaterThan(900)
    const abort = new AbortController()
    function* endless() {
      for (let i = 0; ; i++) yield ticket(i)
    }
    const { sent } = await produceTickets({
      brokers,
      topic,
      schema: Ticket,
      source: endless(),
      rate: 200,
      signal: abort.signal,
      onProgress: (n) => n >= 60 && abort.abort(),
    })
    expect(sent).toBe(60)
  })

  it('says what is missing', async () => {
    const send = (more: object) => produceTickets({ brokers, topic: 'not-there', schema: Ticket, source: [ticket(1)], ...more })
    await expect(send({})).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining('ensureTopic') })
    await expect(send({ key: 'nobody' })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await expect(send({ rate: -1 })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await expect(send({ brokers: ['127.0.0.1:1'] })).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' })
  })
})
