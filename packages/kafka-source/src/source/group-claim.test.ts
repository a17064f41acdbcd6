import type { Logger } from '@tickets/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Cluster } from '../client/port.ts'
import { type ClaimOptions, claimGroup, type Membership } from './group-claim.ts'

const CLAIM_TIMEOUT = 5000
const RETRY_FOR = 20_000

interface Offset {
  readonly offset: number
  readonly note: string | null
}
const at = (offset: number, note: string | null): Offset => ({ offset, note })

const named = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more })
const passing = () => named('KafkaJSConnectionError')
const protocol = (type: string) => named('KafkaJSProtocolError', { type, retriable: false })

interface Setup {
  readonly offsets?: Record<string, Offset>
  readonly partitions?: Record<string, readonly number[]>
  readonly log?: Partial<ClaimOptions['log']>
  readonly owns?: readonly string[]
}

/** A group whose offsets lie in a map; each look at it, and each commit, meets the next failure, if there is one. */
function groupOf({ offsets = {}, partitions = { t: [2, 0, 1] }, log = {}, owns = ['t-0', 't-1', 't-2'] }: Setup) {
  const failures: { looks: (Error | null)[]; commits: (Error | null)[] } = { looks: [], commits: [] }
  const commits: string[] = []
  const told: string[] = []
  const logger: Logger = { debug: (text) => void told.push(text), info: () => {}, warn: () => {}, error: () => {} }
  const state = { looks: 0, isCurrent: true, offsets: { ...offsets } }
  const cluster = {
    findTopicPartitionMetadata: (topic: string) => (partitions[topic] ?? []).map((partitionId) => ({ partitionId })),
    findGroupCoordinator: async () => ({
      offsetFetch: async ({ topics }: { topics: { topic: string; partitions: { partition: number }[] }[] }) => {
        state.looks++
        const failure = failures.looks.shift()
        if (failure) throw failure
        return {
          responses: topics.map(({ topic, partitions: asked }) => ({
            topic,
            partitions: asked.map(({ partition }) => {
              const { offset = -1, note = '' } = state.offsets[`${topic}-${partition}`] ?? {}
              return { partition, offset: String(offset), metadata: note }
            }),
          })),
        }
      },
    }),
  } as unknown as Cluster
  const member: Membership = {
    partitions: owns,
    isCurrent: () => state.isCurrent,
    commit: async (topic, partition, offset, note) => {
      const failure = failures.commits.shift()
      if (failure) throw failure
      commits.push(`${topic}-${partition}: ${offset} ${note}`)
      state.offsets[`${topic}-${partition}`] = { offset, note }
    },
  }
  const options: ClaimOptions = {
    ...{ cluster: () => cluster, brokers: ['b:1'], groupId: 'g', topics: Object.keys(partitions), logger },
    log: { id: 'log-a', fresh: false, heads: {}, older: new Map(), starts: new Map(), ...log } as ClaimOptions['log'],
    ...{ claimTimeout: CLAIM_TIMEOUT, retryFor: RETRY_FOR },
  }
  const started = { outcome: 'open' as unknown }
  const begin = () => {
    claimGroup(options, member).then(
      () => {
        started.outcome = 'claimed'
      },
      (error: unknown) => {
        started.outcome = error
      },
    )
    return vi.advanceTimersByTimeAsync(0)
  }
  return { state, failures, commits, told, begin, outcome: () => started.outcome }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const FOREIGN = { code: 'OFFSETS_FOREIGN', retryable: false }
const soon = () => vi.advanceTimersByTimeAsync(100)

describe('the owner of a first partition', () => {
  it('notes the log there, at the position where the partition begins, and looks again before it reads', async () => {
    const group = groupOf({ partitions: { t: [2, 1, 4], u: [0] }, owns: ['t-1', 't-2', 'u-0'], log: { starts: new Map([['t-1', 40]]) } })
    await group.begin()
    expect([group.commits, group.outcome(), group.told]).toEqual([['t-1: 40 log-a claimed', 'u-0: 0 log-a claimed'], 'open', []])
    await soon()
    expect([group.commits.length, group.state.looks, group.outcome()]).toEqual([2, 2, 'claimed'])
  })

  it('notes the position of the record where the partition has one', async () => {
    const group = groupOf({ log: { heads: { 't-0': 7 } as never, starts: new Map([['t-0', 40]]) } })
    await group.begin()
    expect(group.commits).toEqual(['t-0: 7 log-a'])
  })

  it('notes nothing where the log is noted already', async () => {
    for (const note of ['log-a', 'log-a claimed']) {
      const group = groupOf({ offsets: { 't-0': at(3, note), 't-1': at(5, 'log-a') } })
      await group.begin()
      expect([group.commits, group.outcome()]).toEqual([[], 'claimed'])
    }
  })
})

describe('a member without the first partition', () => {
  it('waits for the note of the owner, and notes nothing', async () => {
    const group = groupOf({ owns: ['t-1'] })
    await group.begin()
    await vi.advanceTimersByTimeAsync(CLAIM_TIMEOUT / 2)
    expect([group.outcome(), group.told[0]]).toEqual(['open', expect.stringContaining('waiting for the owner')])
    group.state.offsets['t-0'] = at(0, 'log-a claimed')
    await vi.advanceTimersByTimeAsync(1000)
    expect([group.commits, group.outcome()]).toEqual([[], 'claimed'])
  })

  it('asks less and less often, and gives up after claimTimeout', async () => {
    const group = groupOf({ owns: ['t-1'] })
    await group.begin()
    await vi.advanceTimersByTimeAsync(CLAIM_TIMEOUT)
    expect(group.outcome()).toBe('open')
    expect(group.state.looks).toBeGreaterThan(8)
    expect(group.state.looks).toBeLessThan(14)
    await vi.advanceTimersByTimeAsync(1000)
    expect(group.outcome()).toMatchObject({ ...FOREIGN, message: expect.stringMatching(/partition of t and did not say within 5000 ms/) })
  })

  it('is done once the group rebalances, with nothing said', async () => {
    const group = groupOf({ owns: ['t-1'] })
    await group.begin()
    group.state.isCurrent = false
    await soon()
    expect([group.outcome(), group.commits]).toEqual(['claimed', []])
  })
})

describe('notes of others', () => {
  it.each([
    ['another log', 'log-b'],
    ['the claim of another log', 'log-b claimed'],
    ['an offset without a note', null],
  ])('are refused, in any partition: %s', async (_, note) => {
    const group = groupOf({ offsets: { 't-0': at(0, 'log-a'), 't-2': at(0, note) } })
    await group.begin()
    expect([group.commits, group.outcome()]).toEqual([[], expect.objectContaining(FOREIGN)])
  })

  it('that stood there when the log took over are replaced, and newer ones refused', async () => {
    const older = new Map([
      ['t-0', 'log-b'],
      ['t-1', null],
    ])
    const offsets = { 't-0': at(3, 'log-b'), 't-1': at(4, null) }
    const group = groupOf({ offsets, log: { older } })
    await group.begin()
    expect(group.commits).toEqual(['t-0: 0 log-a claimed'])
    const changed = groupOf({ offsets: { ...offsets, 't-1': at(4, 'log-b') }, log: { older } })
    await changed.begin()
    expect([changed.commits, changed.outcome()]).toEqual([[], expect.objectContaining(FOREIGN)])
  })

  it('that come between two looks are refused', async () => {
    const group = groupOf({})
    await group.begin()
    group.state.offsets['t-0'] = at(0, 'log-b')
    await soon()
    expect(group.outcome()).toMatchObject(FOREIGN)
  })

  it('without an offset are none', async () => {
    const group = groupOf({ offsets: { 't-1': at(-1, 'log-b') } })
    await group.begin()
    await soon()
    expect(group.outcome()).toBe('claimed')
  })
})

describe('a fault', () => {
  it.each([
    ['a connection that breaks', passing()],
    ['a rebalance', protocol('REBALANCE_IN_PROGRESS')],
    ['a generation that is over', protocol('ILLEGAL_GENERATION')],
    ['a member that is not known', protocol('UNKNOWN_MEMBER_ID')],
  ])('that may pass is passed twice, at looks and at commits: %s', async (_, failure) => {
    const group = groupOf({})
    group.failures.looks.push(failure, failure, null, failure)
    group.failures.commits.push(failure, failure)
    await group.begin()
    await vi.advanceTimersByTimeAsync(5000)
    expect([group.commits, group.outcome()]).toEqual([['t-0: 0 log-a claimed'], 'claimed'])
  })

  it('that lasts longer than retryFor is thrown, and one that ends sooner gives the next one its time anew', async () => {
    const group = groupOf({ owns: ['t-1'] })
    for (let n = 0; n < 18; n++) group.failures.looks.push(passing())
    group.failures.looks.push(null)
    for (let n = 0; n < 40; n++) group.failures.looks.push(passing())
    await group.begin()
    await vi.advanceTimersByTimeAsync(RETRY_FOR + 5000)
    expect(group.outcome()).toBe('open')
    await vi.advanceTimersByTimeAsync(RETRY_FOR)
    expect(group.outcome()).toMatchObject({ code: 'SOURCE_UNREACHABLE' })
  })

  it('does not count as time of the owner', async () => {
    const group = groupOf({ owns: ['t-1'] })
    for (let n = 0; n < 10; n++) group.failures.looks.push(passing())
    await group.begin()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(group.outcome()).toBe('open')
    group.state.offsets['t-0'] = at(0, 'log-a')
    await vi.advanceTimersByTimeAsync(1000)
    expect(group.outcome()).toBe('claimed')
  })

  it.each([
    ['a group that this user may not read', protocol('GROUP_AUTHORIZATION_FAILED')],
    ['an answer that nobody expects', protocol('INVALID_GROUP_ID')],
  ])('that stays is thrown at once: %s', async (_, failure) => {
    const group = groupOf({})
    group.failures.looks.push(failure)
    await group.begin()
    expect([group.state.looks, group.outcome()]).toEqual([1, expect.objectContaining({ code: 'SOURCE_FAILED', retryable: false })])
  })
})
