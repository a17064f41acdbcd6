import { quickClock } from '@tickets/core/testing'
import { describe, expect, it } from 'vitest'
import { fakeCluster } from '../../test/fake-cluster.ts'
import { boundsOf, checkPosition, loadTopics, offsetsAt, parsePartitionId, partitionId, partitionsOf, topicNames } from './metadata.ts'

const unreachable = { code: 'SOURCE_UNREACHABLE', retryable: true }
const named = (...topics: string[]) => ({ topicMetadata: topics.map((topic) => ({ topic })) })
const withMetadata = (answer: object | null) => {
  const loaded: string[] = []
  const cluster = fakeCluster(
    { versions: {} },
    { metadata: async () => answer, addMultipleTargetTopics: async (topics: string[]) => loaded.push(...topics) },
  )
  return { cluster, loaded }
}

describe('ids of partitions', () => {
  it.each([
    ['tickets', 0],
    ['a-1', 12],
    ['-', 3],
  ])('of topic %s and partition %d come back', (topic, partition) => {
    expect(parsePartitionId(partitionId(topic, partition))).toEqual({ topic, partition })
  })

  it.each(['tickets', 'tickets-', '-1', 'tickets-x', 'tickets-1.5'])('%s is refused', (id) => {
    expect(() => parsePartitionId(id)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(id) }))
  })
})

describe('loadTopics', () => {
  it('loads the topics that are there', async () => {
    const { cluster, loaded } = withMetadata(named('a', 'b', 'c'))
    await loadTopics(cluster, ['a', 'b'], ['x:1'])
    expect(loaded).toEqual(['a', 'b'])
  })

  it('names the missing topics and ten of the others, without those of Kafka itself', async () => {
    const others = Array.from({ length: 12 }, (_, i) => `t${String(i).padStart(2, '0')}`)
    const { cluster, loaded } = withMetadata(named('__consumer_offsets', ...others))
    await expect(loadTopics(cluster, ['t01', 'u', 'v'], ['x:1'])).rejects.toMatchObject({
      code: 'SOURCE_MISSING',
      retryable: false,
      message: expect.stringMatching(/no topic "u", "v"; it has t00, .*t09 and 2 more\..*ensureTopic/),
    })
    await expect(loadTopics(withMetadata(named('__consumer_offsets')).cluster, ['u'], [])).rejects.toThrow('no topic that this user may see')
    expect(loaded).toEqual([])
  })

  it('takes an answer that was lost for a broker that does not answer, not for a missing topic', async () => {
    await expect(loadTopics(withMetadata(null).cluster, ['a'], ['x:1'])).rejects.toMatchObject(unreachable)
    await expect(topicNames(withMetadata(null).cluster)).rejects.toMatchObject(unreachable)
    expect(await topicNames(withMetadata(named('a')).cluster)).toEqual(new Set(['a']))
  })
})

it('partitionsOf gives numbers in order, and throws when there is none, which is never true of a topic', () => {
  const cluster = (...ids: number[]) => fakeCluster({ versions: {} }, { findTopicPartitionMetadata: () => ids.map((id) => ({ partitionId: id })) })
  expect(partitionsOf(cluster(10, 2, 0), 't')).toEqual([0, 2, 10])
  expect(() => partitionsOf(cluster(), 't')).toThrow(expect.objectContaining(unreachable))
})

describe('offsetsAt', () => {
  /** A broker that fails with these errors, one after the other, and then answers. */
  function broker(errors: readonly unknown[], offsets: Readonly<Record<number, string>> = { 0: '7', 1: '9' }) {
    const asked: object[] = []
    let refreshed = 0
    const left = [...errors]
    const cluster = fakeCluster(
      { versions: {} },
      {
        fetchTopicsOffset: async ([topic]: [object]) => {
          asked.push(topic)
          if (left.length > 0) throw left.shift()
          return [{ partitions: Object.entries(offsets).map(([partition, offset]) => ({ partition: Number(partition), offset })) }]
        },
        refreshMetadata: async () => {
          refreshed++
        },
      },
    )
    return { cluster, asked, refreshed: () => refreshed }
  }
  const moved = () => Object.assign(new Error('moved'), { type: 'NOT_LEADER_FOR_PARTITION' })

  it.each([
    ['earliest', { fromBeginning: true }],
    ['latest', { fromBeginning: false }],
    [1234, { fromTimestamp: 1234 }],
  ] as const)('asks for %s', async (at, asks) => {
    const { cluster, asked } = broker([])
    expect(await offsetsAt(cluster, 't', [0, 1], at)).toEqual(new Map([0, 1].map((partition) => [partition, [7, 9][partition]])))
    expect(asked).toEqual([{ topic: 't', partitions: [{ partition: 0 }, { partition: 1 }], ...asks }])
  })

  it('asks the new leader when a partition has moved or a connection broke', async () => {
    const { cluster, asked, refreshed } = broker([moved(), Object.assign(new Error('x'), { name: 'KafkaJSConnectionClosedError' })])
    expect((await offsetsAt(cluster, 't', [0], 'latest', quickClock)).get(0)).toBe(7)
    expect([asked.length, refreshed()]).toEqual([3, 2])
  })

  it('throws at once what asking again does not change, and in the end what never passes', async () => {
    const refused = Object.assign(new Error('denied'), { type: 'TOPIC_AUTHORIZATION_FAILED' })
    const once = broker([refused])
    await expect(offsetsAt(once.cluster, 't', [0], 'latest')).rejects.toBe(refused)
    expect(once.asked).toHaveLength(1)
    const always = broker(Array.from({ length: 20 }, moved))
    await expect(offsetsAt(always.cluster, 't', [0], 'latest', quickClock)).rejects.toThrow('moved')
    expect(always.asked).toHaveLength(6)
  })

  it('never takes a partition that the answer leaves out for an empty one', async () => {
    const { cluster } = broker([], { 0: '7' })
    await expect(offsetsAt(cluster, 't', [0, 1], 'latest')).rejects.toMatchObject({ ...unreachable, message: expect.stringContaining('t-1') })
    await expect(boundsOf(cluster, 't', 1)).rejects.toMatchObject(unreachable)
    expect(await boundsOf(cluster, 't', 0)).toEqual({ earliest: 7, end: 7 })
  })
})

it('checkPosition takes every position from the first message to the end, and says what happened to others', () => {
  const bounds = { earliest: 4, end: 10 }
  for (const at of [4, 10]) expect(() => checkPosition('t-0', 'position', at, bounds)).not.toThrow()
  expect(() => checkPosition('t-0', 'position', 3, bounds)).toThrow(
    expect.objectContaining({ code: 'POSITION_GONE', message: expect.stringContaining('begins at 4') }),
  )
  expect(() => checkPosition('t-0', 'bound', 11, bounds)).toThrow(
    expect.objectContaining({ code: 'POSITION_AHEAD', message: expect.stringContaining('bound 11') }),
  )
})
