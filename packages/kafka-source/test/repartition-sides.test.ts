import { assignTeam, count, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { memoryLog, memorySource, messagesOf, sourceContract } from '@tickets/core/testing'
import { describe, expect, it, test } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { repartition } from '../src/index.ts'
import { UPSTREAM_HEADER } from '../src/repartition/headers.ts'
import { rawKafka, unique } from './helpers.ts'
import { reader, reference, ticketAt, told, world } from './repartition-helpers.ts'

const shared = await sharedBroker('the sides of a repartition')
const brokers = shared ?? []
type World = Awaited<ReturnType<typeof world>>

const tickets = Array.from({ length: 60 }, (_, i) => ticketAt(i, `CLIENT_${1000 + (i % 7)}`, i * 60))
const source = (rows: readonly unknown[] = tickets) => memorySource({ schema: Ticket, partitions: [messagesOf(rows)] })
const write = ({ byClient, staging, log }: Pick<World, 'byClient' | 'staging' | 'log'>, rows?: readonly unknown[]) =>
  pipeline({
    name: 'by-client',
    source: source(rows),
    log,
    range: { rows: 20 },
    flows: (t) => ({ by_client: t.pipe(into(byClient.sink({ staging }))) }),
  }).run({ handleSignals: false })

it('gives a source that is keyed by its columns', () => {
  const good = { schema: Ticket, brokers: ['localhost:9092'], topic: 't', partitions: 4, key: 'client_id' } as const
  expect(repartition<Ticket>(good).source({ groupId: 'g' })).toMatchObject({ name: 'kafka:t', keyedBy: ['client_id'], until: 'never' })
  const two = repartition<Ticket>({ ...good, key: ['client_id', 'priority'] })
  expect(two.source({ groupId: 'g', until: 'now' }).keyedBy).toEqual(['client_id', 'priority'])
})

describe.skipIf(!shared)('repartition: the sink', () => {
  it('makes the topic, and refuses one with another number of partitions', async () => {
    const w = await world(brokers, { partitions: 5 })
    expect((await w.byClient.source({ groupId: unique('g') }).describe()).partitions).toHaveLength(5)
    const wrong = repartition({ schema: Ticket, brokers, topic: w.topic, partitions: 4, key: 'client_id' })
    await expect(write({ ...w, byClient: wrong })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('has 5 partitions'),
    })
    await expect(wrong.source({ groupId: unique('g') }).describe()).rejects.toThrow('has 5 partitions')
  })

  it('refuses a topic that another log has written to, for a new log; the log of before continues', async () => {
    const w = await world(brokers)
    await write(w)
    await expect(write({ ...w, log: memoryLog() })).rejects.toMatchObject({ code: 'TARGET_OWNED' })
    expect(await write(w)).toMatchObject({ rows: 0 })
  })

  it('refuses another schema, and windows', async () => {
    const w = await world(brokers)
    const run = (flow: Parameters<typeof pipeline<Ticket, number>>[0]['flows']) =>
      pipeline({ name: 'p', source: source(), log: memoryLog(), flows: flow }).run({ handleSignals: false })
    await expect(run((t) => ({ a: t.pipe(assignTeam(), into(w.byClient.sink({ staging: w.staging }) as never)) }))).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
    })
    const windows = windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }>(tumbling({ size: '1 minute' }), {
      by: 'client_id',
      aggregate: { n: count() },
    })
    await expect(run((t) => ({ a: t.pipe(windows, into(w.byClient.sink({ staging: w.staging }) as never)) }))).rejects.toThrow(
      'stands behind a windowed',
    )
  })
})

describe.skipIf(!shared)('repartition: the source', () => {
  const send = async (topic: string, messages: { value: string | null; partition: number; headers?: Record<string, string> }[]) => {
    const producer = rawKafka(brokers).producer()
    await producer.connect()
    await producer.send({ topic, messages })
    await producer.disconnect()
  }

  it('rejects what repartition has not sent, and what is invalid, and continues', async () => {
    const w = await world(brokers)
    await w.byClient.source({ groupId: unique('g') }).describe()
    const stray = JSON.stringify(ticketAt(500, 'CLIENT_1000', 1_000_000))
    await send(
      w.topic,
      [0, 1, 2, 3].map((partition) => ({ value: stray, partition })),
    )
    await expect(write(w)).rejects.toMatchObject({ code: 'TARGET_OWNED' })
    const clean = await world(brokers)
    await write(clean)
    await send(clean.topic, [
      ...[0, 1].map((partition) => ({ value: stray, partition })),
      { value: null, partition: 2 },
      { value: stray, partition: 3, headers: { [UPSTREAM_HEADER]: 'nonsense' } },
    ])
    const at = reader(clean.byClient)
    expect(await at.run()).toMatchObject({ rejected: 4 })
    expect(at.dead.rows.map(({ reason }) => reason)).toEqual(Array.from({ length: 4 }, () => expect.stringContaining('which task upstream')))
    expect(at.dead.rows.map(({ value }) => value).filter((value) => value === stray)).toHaveLength(3)
    expect(told(at.shown.rows)).toEqual(await reference(tickets))
  })

  it('stops when a second log writes to its topic', async () => {
    const w = await world(brokers)
    await write(w)
    await send(w.topic, [{ value: JSON.stringify(tickets[0]), partition: 0, headers: { [UPSTREAM_HEADER]: 'deadbeef/other-0@5' } }])
    await expect(reader(w.byClient).run()).rejects.toMatchObject({ code: 'SOURCE_CHANGED', message: expect.stringContaining('deadbeef') })
  })

  // The first partition of two has about half of the clients.
  const filled = async () => {
    const w = await world(brokers, { partitions: 2 })
    await write(
      w,
      Array.from({ length: 80 }, (_, i) => ticketAt(i, `CLIENT_${1000 + (i % 40)}`, i)),
    )
    return w.byClient
  }
  const one = shared ? filled() : null
  const contract = sourceContract({
    make: async () => {
      const byClient = await (one ?? filled())
      return { open: () => byClient.source({ groupId: unique('g') }), beyond: 1_000_000 }
    },
  })
  for (const { name, run } of contract) test(name, run)
})
