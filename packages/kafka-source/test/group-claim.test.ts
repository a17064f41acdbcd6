import { into, pipeline, type Source, Ticket } from '@tickets/core'
import { memoryLog, memorySink } from '@tickets/core/testing'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { loadTopics } from '../src/client/metadata.ts'
import { kafkaSource } from '../src/index.ts'
import { claimGroup } from '../src/source/group-claim.ts'
import { member, numberOf, numbers, rawKafka, topicOf, unique } from './helpers.ts'

const shared = await sharedBroker('claims of a consumer group')
const brokers = shared ?? []
const quick = { sessionTimeout: 6000, heartbeatInterval: 300 }

const notes = async (groupId: string, topic: string) => {
  const admin = rawKafka(brokers).admin()
  await admin.connect()
  const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] })
  await admin.disconnect()
  return answer?.partitions.map(({ partition, offset, metadata }) => `${partition}: ${offset} ${metadata}`)
}

/** Sources of one group that have each compared an empty group with a log of their own, and joined none. */
const sourcesOf = async (topic: string, groupId: string, logs: readonly string[], fresh = false) => {
  const all = logs.map((id) => ({ id, source: kafkaSource({ schema: Ticket, brokers, topic, groupId, ...quick }) }))
  for (const { id, source } of all) {
    await source.describe()
    await source.checkOffsets?.({ id, fresh, heads: {} })
  }
  return all.map(({ source }) => source)
}

/** Joins the group; settles at the first assignment or failure. */
async function join(source: Source<Ticket>) {
  const held: string[][] = []
  const failures: unknown[] = []
  let told = () => {}
  const first = new Promise<void>((done) => {
    told = done
  })
  const closable = await source.partitions({
    assigned: (partitions) => {
      held.push([...partitions])
      told()
    },
    revoked: async () => {},
    failed: (error) => {
      failures.push(error)
      told()
    },
  })
  return { held, failures, first, close: () => closable.close() }
}

describe.skipIf(!shared)('two fresh logs on one group', () => {
  it('1.3 lets one of them read, and refuses the other, when both compare the group before either joins', async () => {
    const topic = await topicOf(brokers, 'instant', 3, 10)
    for (let round = 0; round < 3; round++) {
      const groupId = unique('g')
      const sources = await sourcesOf(topic, groupId, ['log-a', 'log-b'])
      const members = await Promise.all(sources.map(join))
      await Promise.all(members.map(({ first }) => first))
      // Either may join first and be alone for a moment; in the end one is refused.
      const refused = members.filter(({ failures }) => failures.length > 0)
      expect(refused.flatMap(({ failures }) => failures)).toEqual([expect.objectContaining({ code: 'OFFSETS_FOREIGN', retryable: false })])
      expect(refused[0]?.held).toEqual([])
      const [claim] = (await notes(groupId, topic)) ?? []
      expect(claim).toMatch(/^0: 0 log-[ab] claimed$/)
      await Promise.all(members.map(({ close }) => close()))
    }
  })

  it('writes every row once, with one of two pipelines, and nothing with the other', async () => {
    const topic = await topicOf(brokers, 'rows', 2, 850)
    const groupId = unique('g')
    let waiting = 2
    let open = () => {}
    const both = new Promise<void>((done) => {
      open = done
    })
    const runs = ['a', 'b'].map(async () => {
      const source = kafkaSource({ schema: Ticket, brokers, topic, groupId, until: 'now', ...quick })
      const partitions = source.partitions.bind(source)
      source.partitions = async (on) => {
        if (--waiting === 0) open()
        await both
        return partitions(on)
      }
      const rows = memorySink<Ticket>('rows')
      const run = pipeline({ name: 'p', source, log: memoryLog(), retries: 0, flows: (t) => ({ rows: t.pipe(into(rows as never)) }) })
      const outcome = await run.run({ handleSignals: false }).then(
        () => 'done',
        (error: { code: string }) => error.code,
      )
      return { outcome, rows: rows.rows.map(numberOf).sort((a, b) => a - b) }
    })
    const outcomes = (await Promise.all(runs)).sort((a, b) => b.rows.length - a.rows.length)
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'OFFSETS_FOREIGN'])
    expect(outcomes.map(({ rows }) => rows)).toEqual([numbers(0, 1700), []])
  })

  it('refuses an older log after a rebalance, and a claim without a record is no lost record', async () => {
    const topic = await topicOf(brokers, 'after', 2, 10)
    const groupId = unique('g')
    const [a] = await sourcesOf(topic, groupId, ['log-a'])
    const first = await join(a ?? expect.fail())
    await first.first
    expect(first.held.flat().sort()).toEqual([`${topic}-0`, `${topic}-1`])
    const again = kafkaSource({ schema: Ticket, brokers, topic, groupId, ...quick })
    await again.checkOffsets?.({ id: 'log-a', fresh: false, heads: {} })
    await expect(again.checkOffsets?.({ id: 'log-b', fresh: false, heads: {} })).rejects.toMatchObject({
      code: 'OFFSETS_FOREIGN',
      message: expect.stringContaining('from log log-a, and this log is log-b'),
    })
    // Somebody puts the group's offsets back to another log's: whoever gets partitions next compares.
    await first.close()
    const admin = rawKafka(brokers).admin()
    await admin.connect()
    await admin.deleteGroups([groupId])
    await admin.disconnect()
    const other = await sourcesOf(topic, groupId, ['log-b'])
    const second = await join(other[0] ?? expect.fail())
    await second.first
    await second.close()
    const third = await join(a ?? expect.fail())
    await third.first
    expect(third.failures).toEqual([expect.objectContaining({ code: 'OFFSETS_FOREIGN' })])
    await third.close()
  })

  it('lets a log that took its targets over replace an older claim, once the older processes are gone', async () => {
    const topic = await topicOf(brokers, 'over', 2, 10)
    const groupId = unique('g')
    const [a] = await sourcesOf(topic, groupId, ['log-a'])
    const old = await join(a ?? expect.fail())
    await old.first
    const fresh = kafkaSource({ schema: Ticket, brokers, topic, groupId, sessionTimeout: 1000, heartbeatInterval: 300 })
    await fresh.describe()
    const check = () => fresh.checkOffsets?.({ id: 'log-b', fresh: true, heads: {} })
    await expect(check()).rejects.toMatchObject({ code: 'OFFSETS_FOREIGN', message: expect.stringContaining('stop every process') })
    await old.close()
    await check()
    const next = await join(fresh)
    await next.first
    expect(next.failures).toEqual([])
    expect(next.held.flat().sort()).toEqual([`${topic}-0`, `${topic}-1`])
    expect((await notes(groupId, topic))?.[0]).toBe('0: 0 log-b claimed')
    await next.close()
  })

  it('ends the wait for an owner that never claims', async () => {
    const topic = await topicOf(brokers, 'silent', 1, 10)
    const groupId = unique('g')
    // A member that compares nothing, as another program would be. The only partition goes to the member whose name sorts first.
    const slow = { brokers, topic, groupId, sessionTimeout: 2000, heartbeatInterval: 300 }
    const stranger = await member({ ...slow, clientId: 'a' })
    const source = kafkaSource({ schema: Ticket, ...slow, clientId: 'b' })
    await source.describe()
    await source.checkOffsets?.({ id: 'log-a', fresh: false, heads: {} })
    const ours = await join(source)
    await ours.first
    expect(ours.held).toEqual([])
    expect(ours.failures).toEqual([expect.objectContaining({ code: 'OFFSETS_FOREIGN', message: expect.stringContaining('did not say') })])
    await ours.close()
    await stranger.close()
  })

  it('tries a coordinator that is not found again for retryFor, however little time an owner has', async () => {
    const topic = await topicOf(brokers, 'moving', 1, 1)
    const groupId = unique('g')
    const cluster = rawKafka(brokers).cluster()
    await cluster.connect()
    await loadTopics(cluster, [topic], brokers)
    let failures = 7
    const moving = new Proxy(cluster, {
      get: (target, key) => {
        if (key === 'findGroupCoordinator' && failures-- > 0)
          return () => Promise.reject(Object.assign(new Error('Failed to find group coordinator'), { name: 'KafkaJSGroupCoordinatorNotFound' }))
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const log = { id: 'log-a', fresh: true, heads: {}, older: new Map(), starts: new Map() }
    const options = { cluster: () => moving, brokers, groupId, topics: [topic], log, claimTimeout: 1000, retryFor: 30_000, logger: undefined }
    // Found in the end, it has no note yet: only then the owner's time begins.
    const claim = claimGroup(options, { partitions: [], isCurrent: () => true, commit: async () => {} })
    await expect(claim).rejects.toMatchObject({ code: 'OFFSETS_FOREIGN', message: expect.stringContaining('did not say') })
    await cluster.disconnect()
  })
})
