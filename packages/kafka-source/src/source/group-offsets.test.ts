import { describe, expect, it, vi } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { member, rawKafka, topicOf, unique } from '../../test/helpers.ts'
import type { Kafka } from '../client/port.ts'
import { checkGroupOffsets, claimNote, type LogState, logOf } from './group-offsets.ts'

describe('a note', () => {
  it('names its log, whether something was committed with it or it only claims the group', () => {
    expect([logOf('log-a'), logOf(claimNote('log-a'))]).toEqual(['log-a', 'log-a'])
    expect([logOf(null), logOf('')]).toEqual([null, null])
  })
})

interface Group {
  /** partition → offset and note. */
  readonly offsets: readonly (readonly [partition: number, offset: number, note: string | null])[]
  /** Whether the group has members, each time that it is looked at; the last holds from then on. */
  readonly members?: readonly boolean[]
}

/** Compares a log with a group that a client answers for. */
async function compare(log: LogState, { offsets, members = [false] }: Group, memberTimeout = 60_000) {
  let looks = 0
  const admin = {
    connect: async () => {},
    disconnect: async () => {},
    fetchOffsets: async () => [
      { topic: 't', partitions: offsets.map(([partition, offset, note]) => ({ partition, offset: String(offset), metadata: note })) },
    ],
    describeGroups: async () => ({ groups: [{ members: members[Math.min(looks++, members.length - 1)] ? [{}] : [] }] }),
  }
  const older = await checkGroupOffsets({
    kafka: { admin: () => admin, destroy: () => {} } as never as Kafka,
    groupId: 'g',
    topics: ['t'],
    log,
    memberTimeout,
  })
  return { older: [...older], looks }
}

describe('comparing a log with the offsets of its group', () => {
  const log = (more: Partial<LogState> = {}): LogState => ({ id: 'own', fresh: false, heads: { 't-0': 10, 't-1': null }, ...more })
  const foreign = (says: RegExp) => ({ code: 'OFFSETS_FOREIGN', retryable: false, message: expect.stringMatching(says) })

  it.each([
    ['no offset', [[0, -1, null]]],
    ['an offset below the record', [[0, 3, 'own']]],
    ['an offset at the record', [[0, 10, 'own']]],
    ['a claim before any record', [[1, 5, claimNote('own')]]],
    ['offsets of partitions without a note', []],
  ] as const)('takes %s', async (_, offsets) => {
    expect((await compare(log(), { offsets })).older).toEqual([])
  })

  it.each([
    ['of another log', [0, 3, 'other'], /from log other, and this log is own/],
    ['of another log that only claimed', [0, 0, claimNote('other')], /from log other/],
    ['of a program without a log', [0, 3, ''], /a program without a log of ours/],
    ['ahead of the record: records were lost', [0, 11, 'own'], /ends at 10: records were lost/],
    ['without a record', [1, 1, 'own'], /is missing: records were lost/],
  ] as const)('refuses an offset %s', async (_, offset, says) => {
    await expect(compare(log(), { offsets: [offset] })).rejects.toMatchObject(foreign(says))
  })

  it('lets a fresh log replace notes of an older one, but not in a partition that it has read', async () => {
    const fresh = log({ fresh: true, heads: { 't-0': null, 't-1': 4 } })
    expect((await compare(fresh, { offsets: [[0, 3, 'other']] })).older).toEqual([['t-0', 'other']])
    await expect(compare(fresh, { offsets: [[1, 3, 'other']] })).rejects.toMatchObject(foreign(/from log other/))
    expect((await compare(fresh, { offsets: [[0, 9, 'own']] })).older).toEqual([])
  })

  it('waits until the members of the older log are gone, and refuses where they stay', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
    try {
      const fresh = log({ fresh: true, heads: {} })
      const leaving = compare(fresh, { offsets: [[0, 3, 'other']], members: [true, true, false] })
      await vi.advanceTimersByTimeAsync(2000)
      expect(await leaving).toEqual({ older: [['t-0', 'other']], looks: 3 })
      const staying = expect(compare(fresh, { offsets: [[0, 3, 'other']], members: [true] }, 3000)).rejects.toMatchObject(
        foreign(/still has members.*from log other.*stop every process/),
      )
      await vi.advanceTimersByTimeAsync(10_000)
      await staying
    } finally {
      vi.useRealTimers()
    }
  })
})

const shared = await sharedBroker('offsets of a group')
const brokers = shared ?? []
const quick = { sessionTimeout: 6000, heartbeatInterval: 300 }

const committed = async (groupId: string, topic: string) => {
  const admin = rawKafka(brokers).admin()
  await admin.connect()
  const answer = await admin.fetchOffsets({ groupId, topics: [topic] })
  await admin.disconnect()
  return answer[0]?.partitions
}

describe.skipIf(!shared)('the offsets of a group', () => {
  it('1.3 commits offsets with the log id, and refuses those of another log or without a record', async () => {
    const topic = await topicOf(brokers, 'offsets', 2, 10)
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
    const topic = await topicOf(brokers, 'others', 1, 10)
    const groupId = unique('g')
    const admin = rawKafka(brokers).admin()
    await admin.connect()
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '3' }] })
    await admin.disconnect()
    const m = await member({ brokers, topic, groupId, ...quick })
    await expect(m.source.checkOffsets?.({ id: 'log-a', fresh: false, heads: {} })).rejects.toMatchObject({ code: 'OFFSETS_FOREIGN' })
    await m.close()
  })
})
