import { describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, drain, limit, member, numbers, rawKafka, send, unique } from '../../test/helpers.ts'

// Node says most of its warnings once a process, so they are noted from the start.
const warnings: string[] = []
process.on('warning', (warning) => warnings.push(warning.message))

const shared = await sharedBroker('consumer groups')
const brokers = shared ?? []
const quick = { sessionTimeout: 6000, heartbeatInterval: 300 }

const topicOf = async (name: string, partitions: number, count: number) => {
  const topic = unique(name)
  await createTopic(brokers, topic, partitions)
  for (let p = 0; p < partitions; p++) await send(brokers, topic, p * count, (p + 1) * count, p)
  return topic
}

const committed = async (groupId: string, topic: string) => {
  const admin = rawKafka(brokers).admin()
  await admin.connect()
  const answer = await admin.fetchOffsets({ groupId, topics: [topic] })
  await admin.disconnect()
  return answer[0]?.partitions
}

describe.skipIf(!shared)('a consumer group', () => {
  it('shares partitions with a second member, and takes them back when it leaves', async () => {
    const topic = await topicOf('share', 4, 100)
    const groupId = unique('g')
    const a = await member({ brokers, topic, groupId, ...quick })
    expect(a.held()).toHaveLength(4)
    const lost = await a.open(a.held()[0] ?? '', 0)
    const b = await member({ brokers, topic, groupId, ...quick })
    await a.until((h) => h.length === 2)
    await b.until((h) => h.length === 2)
    expect([...a.held(), ...b.held()].sort()).toEqual(numbers(0, 4).map((p) => `${topic}-${p}`))
    // Everything was removed before anything was given, also what stayed.
    const all = numbers(0, 4)
      .map((p) => `${topic}-${p}`)
      .join(' ')
    expect(a.events).toEqual([`+${all}`, `-${all}`, `+${[...a.held()].sort().join(' ')}`])
    await expect(lost.read(limit())).rejects.toMatchObject({ code: 'TASK_LOST', retryable: true })
    await expect(a.open(b.held()[0] ?? '', 0)).rejects.toMatchObject({ code: 'TASK_LOST' })
    for (const m of [a, b]) for (const id of m.held()) expect((await drain(await m.open(id, 0, { to: 100 }))).rows).toHaveLength(100)
    await b.close()
    await a.until((h) => h.length === 4)
    expect([...a.failures, ...b.failures]).toEqual([])
    await a.close()
  })

  it('ends a pending read with TASK_LOST when the partition goes', async () => {
    const topic = await topicOf('pending', 1, 0)
    const m = await member({ brokers, topic, groupId: unique('g'), ...quick })
    const reading = (await m.open(`${topic}-0`, 0)).read(limit({ ms: 60_000 }))
    reading.catch(() => {})
    await m.close()
    await expect(reading).rejects.toMatchObject({ code: 'TASK_LOST' })
  })

  it('stays a member while a reader is not read for more than twice the session timeout', async () => {
    const topic = await topicOf('slow', 1, 20_000)
    const m = await member({
      brokers,
      topic,
      groupId: unique('g'),
      sessionTimeout: 2000,
      heartbeatInterval: 300,
      queueBytes: 100_000,
      partitionBytes: 50_000,
    })
    const reader = await m.open(`${topic}-0`, 0, { to: 20_000 })
    const first = await drain(reader, { enough: (n) => n > 0, max: { rows: 10 } })
    await new Promise((done) => setTimeout(done, 5000))
    const rest = await drain(reader)
    expect([...first.rows, ...rest.rows]).toEqual(numbers(0, 20_000))
    expect(m.events).toEqual([`+${topic}-0`])
    await m.close()
  })

  it('1.3 commits offsets with the log id, and refuses those of another log or without a record', async () => {
    const topic = await topicOf('offsets', 2, 10)
    const groupId = unique('g')
    const m = await member({ brokers, topic, groupId, ...quick })
    const reader = await m.open(`${topic}-1`, 0)
    for (let position = 1; position <= 7; position++) await reader.commit?.(position, 'log-a')
    await vi.waitUntil(async () => (await committed(groupId, topic))?.some((p) => p.offset === '7'), { timeout: 60_000, interval: 100 })
    await reader.commit?.(8, 'log-a')
    await m.close()
    expect(await committed(groupId, topic)).toContainEqual({ partition: 1, offset: '8', metadata: 'log-a' })
    const heads = { [`${topic}-0`]: null, [`${topic}-1`]: 8 }
    const check = (log: Parameters<NonNullable<typeof m.source.checkOffsets>>[0]) => m.source.checkOffsets?.(log)
    await check({ id: 'log-a', fresh: false, heads })
    await check({ id: 'log-b', fresh: true, heads: {} })
    await expect(check({ id: 'log-b', fresh: false, heads })).rejects.toMatchObject({
      code: 'OFFSETS_FOREIGN',
      message: expect.stringContaining('log-a'),
    })
    await expect(check({ id: 'log-a', fresh: false, heads: { ...heads, [`${topic}-1`]: null } })).rejects.toMatchObject({ code: 'OFFSETS_FOREIGN' })
    await expect(check({ id: 'log-a', fresh: false, heads: { ...heads, [`${topic}-1`]: 7 } })).rejects.toMatchObject({ code: 'OFFSETS_FOREIGN' })
  })

  it('refuses offsets that a program without a log committed', async () => {
    const topic = await topicOf('others', 1, 10)
    const groupId = unique('g')
    const admin = rawKafka(brokers).admin()
    await admin.connect()
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '3' }] })
    await admin.disconnect()
    const m = await member({ brokers, topic, groupId, ...quick })
    await expect(m.source.checkOffsets?.({ id: 'log-a', fresh: false, heads: {} })).rejects.toMatchObject({ code: 'OFFSETS_FOREIGN' })
    await m.close()
  })

  it('refuses a second use at the same time, and can be used again after', async () => {
    const topic = await topicOf('twice', 1, 3)
    const m = await member({ brokers, topic, groupId: unique('g'), ...quick })
    const on = { assigned: () => {}, revoked: async () => {}, failed: () => {} }
    await expect(m.source.partitions(on)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await m.close()
    await (await m.source.partitions(on)).close()
  })

  it('leaves nothing open behind, and says nothing on the console', async () => {
    const topic = await topicOf('quiet', 2, 10)
    const spies = (['log', 'info', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level))
    const open = () =>
      process
        .getActiveResourcesInfo()
        .filter((kind) => /TCP|TLS|Timeout/.test(kind))
        .sort()
    const before = open()
    const m = await member({ brokers, topic, groupId: unique('g'), ...quick })
    await m.source.describe()
    await drain(await m.open(`${topic}-0`, 0, { to: 10 }))
    expect(open().length).toBeGreaterThan(before.length)
    await m.close()
    await vi.waitUntil(() => open().filter((k) => k !== 'Timeout').length <= before.filter((k) => k !== 'Timeout').length, {
      timeout: 3000,
      interval: 100,
    })
    expect(warnings).toEqual([])
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })
})
