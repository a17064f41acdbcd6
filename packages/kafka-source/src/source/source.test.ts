import { Ticket } from '@tickets/core'
import { describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, deleteRecords, drain, limit, member, numbers, rawKafka, send, unique } from '../../test/helpers.ts'
import { ensureTopic, kafkaSource } from '../index.ts'

const shared = await sharedBroker('the Kafka source')
const brokers = shared ?? []

const prepared = async (name: string, count: number, partitions = 1) => {
  const topic = unique(name)
  await createTopic(brokers, topic, partitions)
  for (let p = 0; p < partitions; p++) await send(brokers, topic, p * count, (p + 1) * count, p)
  return topic
}

describe.skipIf(!shared)('kafkaSource on a real broker', () => {
  it('describes topics with their ids, and partitions with their bounds', async () => {
    const topics = [await prepared('describe-a', 5, 2), await prepared('describe-b', 3)]
    const info = await kafkaSource({ schema: Ticket, brokers, topics, groupId: unique('g') }).describe()
    expect(info.partitions).toEqual([
      { id: `${topics[0]}-0`, topic: topics[0], earliest: 0, start: 0, end: 5 },
      { id: `${topics[0]}-1`, topic: topics[0], earliest: 0, start: 0, end: 5 },
      { id: `${topics[1]}-0`, topic: topics[1], earliest: 0, start: 0, end: 3 },
    ])
    expect(info.topics.map((t) => t.name)).toEqual(topics)
    for (const { id } of info.topics) expect(id).toMatch(/^[\w-]{22}$/)
    expect(info.topics[0]?.id).not.toBe(info.topics[1]?.id)
  })

  it('resolves latest and timestamps', async () => {
    const topic = unique('times')
    await createTopic(brokers, topic, 2)
    const producer = rawKafka(brokers).producer()
    await producer.connect()
    const at = (ms: number) => ({ value: '{}', partition: 0, timestamp: String(Date.UTC(2024, 0, 1) + ms) })
    await producer.send({ topic, messages: [at(0), at(1000), at(2000)] })
    await producer.disconnect()
    const starts = async (from: 'latest' | Date | number) => {
      const info = await kafkaSource({ schema: Ticket, brokers, topic, groupId: unique('g'), from }).describe()
      return info.partitions.map((p) => p.start)
    }
    expect(await starts('latest')).toEqual([3, 0])
    expect(await starts(new Date(Date.UTC(2024, 0, 1) + 500))).toEqual([1, 0])
    expect(await starts(Date.UTC(2024, 0, 1) + 2000)).toEqual([2, 0])
    expect(await starts(Date.UTC(2025, 0, 1))).toEqual([3, 0])
  })

  it('reads from a position to a bound, and ends exactly there', async () => {
    const topic = await prepared('bounded', 1000)
    const m = await member({ brokers, topic, groupId: unique('g') })
    const reader = await m.open(`${topic}-0`, 100, { to: 777 })
    const read = await drain(reader, { max: { rows: 50 } })
    expect(read.rows).toEqual(numbers(100, 777))
    expect(read).toMatchObject({ position: 777, ended: true })
    expect(read.chunks.every((c) => c.batch.length <= 50)).toBe(true)
    expect(read.chunks.at(-1)?.lag).toBe(223)
    await m.close()
  })

  it('resumes at every returned position without repeating or skipping', async () => {
    const topic = await prepared('resume', 300)
    const m = await member({ brokers, topic, groupId: unique('g') })
    const rows: number[] = []
    let position = 0
    for (let turn = 0; position < 300; turn++) {
      const reader = await m.open(`${topic}-0`, position)
      const read = await drain(reader, { max: { rows: 1 + ((turn * 13) % 37) }, enough: (n) => n > 0 })
      rows.push(...read.rows)
      position = read.position
      await reader.close()
    }
    expect(rows).toEqual(numbers(0, 300))
    await m.close()
  })

  it('respects bytes, but returns one message that is larger', async () => {
    const topic = await prepared('bytes', 20)
    const m = await member({ brokers, topic, groupId: unique('g') })
    const small = await drain(await m.open(`${topic}-0`, 0, { to: 20 }), { max: { bytes: 1 } })
    expect(small.rows).toEqual(numbers(0, 20))
    expect(small.chunks.every((c) => c.batch.length <= 1)).toBe(true)
    await m.close()
  })

  it('returns nothing after ms, and at once on abort', async () => {
    const topic = await prepared('quiet', 0)
    const m = await member({ brokers, topic, groupId: unique('g') })
    const reader = await m.open(`${topic}-0`, 0)
    const t0 = performance.now()
    expect(await reader.read(limit({ ms: 120 }))).toMatchObject({ position: 0, rejected: [] })
    expect(performance.now() - t0).toBeLessThan(1000)
    const abort = new AbortController()
    const reading = reader.read(limit({ ms: 60_000, signal: abort.signal }))
    setTimeout(() => abort.abort(), 50)
    expect(await reading).toMatchObject({ position: 0, lag: 0 })
    await m.close()
  })

  it('reads several topics and partitions at once, and what arrives later', async () => {
    const topics = [await prepared('many-a', 100, 2), await prepared('many-b', 100)]
    const m = await member({ brokers, topics, groupId: unique('g') })
    const ids = [`${topics[0]}-0`, `${topics[0]}-1`, `${topics[1]}-0`]
    expect([...m.held()].sort()).toEqual([...ids].sort())
    const readers = await Promise.all(ids.map((id) => m.open(id, 0)))
    const reads = await Promise.all(readers.map((r) => drain(r, { enough: (n) => n === 100 })))
    expect(reads.map((r) => r.rows)).toEqual([numbers(0, 100), numbers(100, 200), numbers(0, 100)])
    await send(brokers, `${topics[1]}`, 500, 510)
    const later = await drain(readers[2] ?? expect.fail(), { enough: (n) => n === 10 })
    expect(later.rows).toEqual(numbers(500, 510))
    expect(later.chunks.at(-1)?.lag).toBe(0)
    await m.close()
  })

  it('hands what is invalid to rejected, with its offset', async () => {
    const topic = await prepared('bad', 2)
    const producer = rawKafka(brokers).producer()
    await producer.connect()
    await producer.send({
      topic,
      messages: [
        { value: 'not json', key: 'k' },
        { value: null, key: 'k' },
      ],
    })
    await producer.disconnect()
    const m = await member({ brokers, topic, groupId: unique('g') })
    const { chunks, rows } = await drain(await m.open(`${topic}-0`, 0, { to: 4 }))
    expect(rows).toEqual([0, 1])
    const rejected = chunks.flatMap((c) => c.rejected)
    expect(rejected.map((r) => [r.offset, r.value && Buffer.from(r.value).toString()])).toEqual([
      [2, 'not json'],
      [3, null],
    ])
    expect(rejected[0]?.timestamp).toBeGreaterThan(Date.UTC(2020, 0, 1))
    await m.close()
  })

  it('holds no more than its bound for a reader that does not read', async () => {
    const topic = unique('pressure')
    await createTopic(brokers, topic)
    await send(brokers, topic, 0, 40_000)
    const got = vi.spyOn(Buffer, 'allocUnsafeSlow')
    const m = await member({ brokers, topic, groupId: unique('g'), queueBytes: 500_000, partitionBytes: 400_000 })
    const reader = await m.open(`${topic}-0`, 0, { to: 40_000 })
    await new Promise((done) => setTimeout(done, 1500))
    // The records of each answer have memory of their own: that is all that was fetched, beside what connections look at (64 KiB).
    const fetched = got.mock.results
      .filter((r) => r.value instanceof Uint8Array && r.value.length > 5000 && r.value.length !== 64 * 1024)
      .reduce((sum, r) => sum + (r.value as unknown as Uint8Array).length, 0)
    got.mockRestore()
    expect(fetched).toBeGreaterThan(100_000)
    expect(fetched).toBeLessThanOrEqual(1_100_000)
    expect((await drain(reader)).rows).toEqual(numbers(0, 40_000))
    await m.close()
  })

  it('refuses positions and bounds that are not there', async () => {
    const topic = await prepared('edges', 10)
    await deleteRecords(brokers, topic, 4)
    const m = await member({ brokers, topic, groupId: unique('g') })
    await expect(m.open(`${topic}-0`, 3)).rejects.toMatchObject({ code: 'POSITION_GONE', retryable: false })
    await expect(m.open(`${topic}-0`, 11)).rejects.toMatchObject({ code: 'POSITION_AHEAD' })
    await expect(m.open(`${topic}-0`, 4, { to: 11 })).rejects.toMatchObject({ code: 'POSITION_AHEAD' })
    await expect(m.open(`${topic}-0`, 4, { to: 3 })).rejects.toMatchObject({ code: 'POSITION_GONE' })
    await expect(m.open(`${topic}-7`, 0)).rejects.toMatchObject({ code: 'TASK_LOST' })
    expect((await drain(await m.open(`${topic}-0`, 4, { to: 10 }))).rows).toEqual(numbers(4, 10))
    await m.close()
  })

  it('does not move on silently when records are deleted under a reader', async () => {
    const topic = unique('deleted')
    await createTopic(brokers, topic)
    await send(brokers, topic, 0, 40_000)
    const m = await member({ brokers, topic, groupId: unique('g'), queueBytes: 100_000, partitionBytes: 100_000 })
    const reader = await m.open(`${topic}-0`, 0)
    const first = await drain(reader, { enough: (n) => n > 0, max: { rows: 10 } })
    await deleteRecords(brokers, topic, 39000)
    const rest = drain(reader)
    await expect(rest).rejects.toMatchObject({ code: 'POSITION_GONE' })
    expect(first.rows[0]).toBe(0)
    await m.close()
  })

  it('says that a topic was deleted and created again', async () => {
    const topic = await prepared('again', 50)
    const source = kafkaSource({ schema: Ticket, brokers, topic, groupId: unique('g') })
    const before = await source.describe()
    const admin = rawKafka(brokers).admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [topic] })
    await admin.disconnect()
    await vi.waitUntil(
      () =>
        ensureTopic({ brokers, topic, partitions: 1 })
          .then((t) => t.created)
          .catch(() => false),
      { timeout: 10_000, interval: 200 },
    )
    const after = await source.describe()
    expect(after.topics[0]?.id).not.toBe(before.topics[0]?.id)
    const m = await member({ brokers, topic, groupId: unique('g') })
    await expect(m.open(`${topic}-0`, 50)).rejects.toMatchObject({
      code: 'POSITION_AHEAD',
      message: expect.stringMatching(/deleted and created again/),
    })
    await m.close()
  })

  it('names a missing topic, those that exist, and how to create it', async () => {
    const there = await prepared('there', 0)
    const source = kafkaSource({ schema: Ticket, brokers, topic: 'not-there', groupId: unique('g') })
    await expect(source.describe()).rejects.toMatchObject({
      code: 'SOURCE_MISSING',
      message: expect.stringMatching(/no topic "not-there".*ensureTopic/),
    })
    await expect(source.partitions({ assigned: () => {}, revoked: async () => {}, failed: () => {} })).rejects.toMatchObject({
      code: 'SOURCE_MISSING',
    })
    expect(there).toBeTruthy()
  })
})

describe('kafkaSource without a broker', () => {
  it('says after retryFor that nobody answers, and that trying again may help', async () => {
    const source = kafkaSource({ schema: Ticket, brokers: ['127.0.0.1:1'], topic: 't', groupId: 'g', retryFor: '1s' })
    const said = vi.spyOn(console, 'log')
    const t0 = performance.now()
    await expect(source.describe()).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      retryable: true,
      message: expect.stringContaining('127.0.0.1:1'),
    })
    await expect(source.partitions({ assigned: () => {}, revoked: async () => {}, failed: () => {} })).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
    })
    expect(performance.now() - t0).toBeGreaterThan(2000)
    expect(performance.now() - t0).toBeLessThan(15_000)
    expect(said).not.toHaveBeenCalled()
  })

  it('refuses options that cannot work', () => {
    const make = (more: object) => () => kafkaSource({ schema: Ticket, brokers: ['b:1'], topic: 't', groupId: 'g', ...more })
    for (const wrong of [
      { brokers: [] },
      { brokers: ['b'] },
      { topic: 'a b' },
      { topics: ['t'] },
      { groupId: '' },
      { from: Number.NaN },
      { heartbeatInterval: '20s' },
      { queueBytes: 0 },
    ]) {
      expect(make(wrong), JSON.stringify(wrong)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    }
    expect(make({})).not.toThrow()
  })
})
