import { type Source, Ticket } from '@tickets/core'
import { describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, drain, limit, member, numbers, rawKafka, send, unique } from '../../test/helpers.ts'
import { ensureTopic, kafkaSource } from '../index.ts'

// Node says most of its warnings once a process, so they are noted from the start.
const warnings: string[] = []
process.on('warning', (warning) => warnings.push(warning.message))

const shared = await sharedBroker('sessions of a Kafka source')
const brokers = shared ?? []
const quick = { sessionTimeout: 6000, heartbeatInterval: 300 }
const on = { assigned: () => {}, revoked: async () => {}, failed: () => {} }

const topicOf = async (name: string, partitions: number, count: number) => {
  const topic = unique(name)
  await createTopic(brokers, topic, partitions)
  for (let p = 0; p < partitions; p++) await send(brokers, topic, p * count, (p + 1) * count, p)
  return topic
}

/** The connections and timers of this process. */
const open = () =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => /TCP|TLS|Timeout/.test(kind))
    .sort()

describe.skipIf(!shared)('a session', () => {
  it('ends the earlier reader of a partition that is opened again, and gives the later one every row', async () => {
    const topic = await topicOf('again', 1, 50)
    const m = await member({ brokers, topic, groupId: unique('g'), ...quick })
    const earlier = await m.open(`${topic}-0`, 0)
    const later = await m.open(`${topic}-0`, 0, { to: 50 })
    await expect(earlier.read(limit())).rejects.toMatchObject({ code: 'TASK_LOST', retryable: true })
    expect((await drain(later)).rows).toEqual(numbers(0, 50))
    // Closing the earlier one late takes nothing from the later one.
    const third = await m.open(`${topic}-0`, 0, { to: 50 })
    await later.close()
    await earlier.close()
    expect((await drain(third)).rows).toEqual(numbers(0, 50))
    await m.close()
  })

  it('that cannot start leaves no connection open, and the source can be used again', async () => {
    const topic = unique('late')
    const source = kafkaSource({ schema: Ticket, brokers, topic, groupId: unique('g'), retryFor: 1000, ...quick })
    const before = open().filter((kind) => kind !== 'Timeout').length
    await expect(source.partitions(on)).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
    await vi.waitUntil(() => open().filter((kind) => kind !== 'Timeout').length <= before, { timeout: 60_000 })
    await createTopic(brokers, topic)
    await (await source.partitions(on)).close()
  })

  it('can be closed twice', async () => {
    const m = await member({ brokers, topic: await topicOf('closed', 1, 1), groupId: unique('g'), ...quick })
    await m.close()
    await m.close()
  })

  it('ends a pending read with TASK_LOST when the partition goes', async () => {
    const topic = await topicOf('pending', 1, 0)
    const m = await member({ brokers, topic, groupId: unique('g'), ...quick })
    const reading = (await m.open(`${topic}-0`, 0)).read(limit({ ms: 60_000 }))
    reading.catch(() => {})
    await m.close()
    await expect(reading).rejects.toMatchObject({ code: 'TASK_LOST' })
  })

  it('refuses a second use at the same time, and can be used again after', async () => {
    const topic = await topicOf('twice', 1, 3)
    const m = await member({ brokers, topic, groupId: unique('g'), ...quick })
    const on = { assigned: () => {}, revoked: async () => {}, failed: () => {} }
    await expect(m.source.partitions(on)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await m.close()
    await (await m.source.partitions(on)).close()
  })

  it('stops when a topic is deleted and created again under a reader, also when it is longer than before', async () => {
    const topic = await topicOf('under', 1, 50)
    const m = await member({ brokers, topic, groupId: unique('g') })
    await m.source.describe()
    const reader = await m.open(`${topic}-0`, 0)
    await drain(reader, { enough: (n) => n === 50 })
    const admin = rawKafka(brokers).admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [topic] })
    await admin.disconnect()
    await new Promise((done) => setTimeout(done, 1000))
    const created = () =>
      ensureTopic({ brokers, topic, partitions: 1 }).then(
        (t) => t.created,
        () => false,
      )
    await vi.waitUntil(created, { timeout: 60_000, interval: 200 })
    await send(brokers, topic, 1000, 1200)
    await expect(drain(reader)).rejects.toMatchObject({ code: expect.stringMatching(/SOURCE_CHANGED|TASK_LOST/) })
    // Whoever opens it again gets the error.
    await m.until((held) => held.length > 0)
    await expect(m.open(`${topic}-0`, 50)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    await m.close()
  })

  it('leaves nothing open behind, and says nothing on the console', async () => {
    const topic = await topicOf('quiet', 2, 10)
    const spies = (['log', 'info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level))
    const before = open()
    const m = await member({ brokers, topic, groupId: unique('g'), ...quick })
    await m.source.describe()
    await drain(await m.open(`${topic}-0`, 0, { to: 10 }))
    expect(open().length).toBeGreaterThan(before.length)
    await m.close()
    await vi.waitUntil(() => open().filter((k) => k !== 'Timeout').length <= before.filter((k) => k !== 'Timeout').length, {
      timeout: 60_000,
      interval: 100,
    })
    expect(warnings).toEqual([])
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })
})

describe.skipIf(!shared)('a session without a group', () => {
  const opened = async (topic: string) => {
    const groupId = unique('g')
    const source: Source<Ticket> = kafkaSource({ schema: Ticket, brokers, topic, groupId })
    const input = source.asInput?.() ?? expect.fail()
    const assigned: string[] = []
    const closable = await input.partitions({ ...on, assigned: (ids) => assigned.push(...ids) })
    return {
      groupId,
      source,
      input,
      assigned,
      closable,
      open: (id: string, from: number, to: number) => input.open(id, from, { maxFuture: 1e15, to }),
    }
  }

  it('hands out all partitions at once, to several readers of each, and commits nothing', async () => {
    const topic = await topicOf('whole', 2, 500)
    const { groupId, assigned, closable, open } = await opened(topic)
    expect(assigned).toEqual([`${topic}-0`, `${topic}-1`])
    const readers = await Promise.all([
      open(`${topic}-1`, 0, 500),
      open(`${topic}-1`, 0, 500),
      open(`${topic}-1`, 250, 500),
      open(`${topic}-0`, 0, 500),
    ])
    const reads = await Promise.all(readers.map((reader, i) => drain(reader, { max: { rows: 7 + i } })))
    expect(reads.map(({ rows }) => rows)).toEqual([numbers(500, 1000), numbers(500, 1000), numbers(750, 1000), numbers(0, 500)])
    await readers[0]?.commit?.(500, 'log')
    await readers[0]?.close()
    expect((await drain(await open(`${topic}-1`, 490, 500))).rows).toEqual(numbers(990, 1000))
    await closable.close()
    const admin = rawKafka(brokers).admin()
    await admin.connect()
    const { groups } = await admin.listGroups()
    await admin.disconnect()
    expect(groups.map((group) => group.groupId)).not.toContain(groupId)
  })

  it('continues while a reader of the same partition leaves, and ends the others when it closes', async () => {
    const topic = await topicOf('leaving', 1, 10)
    const { input, closable } = await opened(topic)
    const [one, two] = await Promise.all([1, 2].map(() => input.open(`${topic}-0`, 0, { maxFuture: 1e15 })))
    if (!one || !two) expect.fail()
    await drain(one, { enough: (n) => n === 10 })
    await one.close()
    await send(brokers, topic, 10, 20)
    expect((await drain(two, { enough: (n) => n === 20 })).rows).toEqual(numbers(0, 20))
    await closable.close()
    await expect(drain(two)).rejects.toMatchObject({ code: 'TASK_LOST' })
    await expect(input.open(`${topic}-0`, 0, { maxFuture: 1e15 })).rejects.toMatchObject({ code: 'TASK_LOST' })
  })

  it('is a source of its own beside the one with a group, which counts for both', async () => {
    const topic = await topicOf('beside', 1, 3)
    const { source, input, closable } = await opened(topic)
    const own = await source.partitions(on)
    expect(await input.describe()).toMatchObject({ partitions: [{ id: `${topic}-0`, start: 0, end: 3 }] })
    await input.checkOffsets?.({ id: 'log', fresh: true, heads: {} })
    await own.close()
    await closable.close()
  })
})
