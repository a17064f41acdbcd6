import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { drain, limit, member, numbers, topicOf, unique } from '../../test/helpers.ts'

const shared = await sharedBroker('consumer groups')
const brokers = shared ?? []
const quick = { sessionTimeout: 6000, heartbeatInterval: 300 }

describe.skipIf(!shared)('a consumer group', () => {
  it('shares partitions with a second member, and takes them back when it leaves', async () => {
    const topic = await topicOf(brokers, 'share', 4, 100)
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

  it('stays a member while a reader is not read for more than twice the session timeout', async () => {
    const topic = await topicOf(brokers, 'slow', 1, 20_000)
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
})
