import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Brokers, named, RECOVERY, rows, setUp, turn } from '../../test/fetcher-brokers.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

describe('a round', () => {
  it('asks a broker for all partitions with room, one request at a time, and takes what comes', async () => {
    const { brokers, add } = setUp()
    const [a, b] = [add(0), add(1, 300)]
    await turn()
    const first = brokers.next()
    expect(first).toMatchObject({ node: '1', wait: 500, least: 10, most: 5000, parts: { 0: [5, 1000] } })
    expect(brokers.asked).toEqual([])
    await first.answer([{ partition: 0, records: rows(5, 3) }])
    expect([a.offset, a.length]).toEqual([8, 1])
    const second = brokers.next()
    expect(second.parts).toEqual({ 0: [8, 1000], 1: [5, 300] })
    await second.answer([{ partition: 1, records: rows(5) }])
    expect([a.offset, b.offset]).toEqual([8, 6])
  })

  it('asks brokers at the same time, and each on its own', async () => {
    const { brokers, add } = setUp()
    brokers.leaders = { 1: '2' }
    const [a, b] = [add(0), add(1)]
    await turn()
    const [one, two] = [brokers.next(), brokers.next()]
    expect([one.node, two.node, Object.keys(one.parts), Object.keys(two.parts)]).toEqual(['1', '2', ['0'], ['1']])
    await two.answer([{ partition: 1, records: rows(5) }])
    expect([a.offset, b.offset]).toEqual([5, 6])
    expect(brokers.next()).toMatchObject({ node: '2', parts: { 1: [6, 1000] } })
    expect(brokers.asked).toEqual([])
  })

  it('waits for no more than arrives, unless it is set how much, and counts nothing that lay there before', async () => {
    const { brokers, add } = setUp({ fetchMinBytes: undefined })
    const queue = add()
    await turn()
    let asked = brokers.next()
    expect(asked.least).toBe(1)
    // 95 messages behind the end, in a few large answers.
    for (const end of [100, 100, 8]) {
      await asked.answer([{ partition: 0, end, records: rows(queue.offset) }])
      asked = brokers.next()
      expect(asked.least).toBe(1)
    }
    for (let n = 0; n < 20; n++) {
      await asked.answer([{ partition: 0, end: queue.offset + 20, records: rows(queue.offset, 20) }])
      asked = brokers.next()
    }
    expect(asked.least).toBeGreaterThan(100)
  })

  it('puts who got something behind the others', async () => {
    const { brokers, add } = setUp()
    for (const p of [0, 1, 2]) add(p)
    await turn()
    await brokers.next().answer([{ partition: 0, records: rows(5) }])
    const served = brokers.next()
    expect(Object.keys(served.parts)).toHaveLength(3)
    await served.answer([{ partition: 1, records: rows(5) }])
    // The first one in a request is the one that is sure to get a batch larger than its limit.
    await brokers.next().answer([])
    const { parts } = brokers.next()
    expect(parts).toMatchObject({ 0: [6, 1000], 1: [6, 1000], 2: [5, 1000] })
  })

  it('asks for nothing while a partition is full, and waits briefly while it may have room soon', async () => {
    const { brokers, fetcher, add } = setUp()
    const size = rows(5).length
    const full = add(0, size)
    await turn()
    await brokers.next().answer([{ partition: 0, records: rows(5) }])
    expect(brokers.asked).toEqual([])
    add(1)
    await turn()
    const beside = brokers.next()
    expect(beside).toMatchObject({ wait: 20, parts: { 1: [5, 1000] } })
    const taken = full.shift()
    if (taken) full.release(taken)
    await beside.answer([])
    const both = brokers.next()
    expect(both).toMatchObject({ wait: 500, parts: { 0: [6, size], 1: [5, 1000] } })
    fetcher.remove(full)
    await both.answer([{ partition: 0, records: rows(6) }])
    expect(full.length).toBe(0)
  })

  it('drops what it did not ask for, and what was asked for a reader that went', async () => {
    const { brokers, fetcher, add } = setUp()
    const [gone, stays] = [add(0), add(1)]
    await turn()
    await brokers.next().answer([])
    fetcher.remove(gone)
    await brokers
      .next()
      .answer([{ partition: 0, records: rows(5) }, { partition: 7 }, { partition: 1, records: rows(5) }, { partition: 1, topic: 'u' }])
    expect([gone.offset, stays.offset]).toEqual([5, 6])
  })

  it('ends with the answer that is under way', async () => {
    const { brokers, fetcher, add } = setUp()
    const queue = add()
    await turn()
    let isClosed = false
    const closed = fetcher.close().then(() => {
      isClosed = true
    })
    await turn()
    expect(isClosed).toBe(false)
    await brokers.next().answer([{ partition: 0, records: rows(5) }])
    await closed
    fetcher.wake()
    await turn()
    expect([brokers.asked, queue.offset]).toEqual([[], 6])
  })

  it('asks over new connections once it has them', async () => {
    const { brokers, fetcher, add } = setUp()
    add()
    await turn()
    const fresh = new Brokers()
    fetcher.useCluster(fresh.cluster)
    await brokers.next().fail(named('KafkaJSConnectionClosedError'))
    await vi.advanceTimersByTimeAsync(RECOVERY)
    expect([brokers.asked, fresh.asked.length, fresh.refreshMetadata.mock.calls.length]).toEqual([[], 1, 1])
  })
})

describe('several readers of one partition', () => {
  it('are asked for once, the one furthest behind first, and share the answers when they have met', async () => {
    const { brokers, add } = setUp()
    const ahead = add(0)
    await turn()
    await brokers.next().answer([{ partition: 0, records: rows(5, 3) }])
    const [behind, other] = [add(0), add(1)]
    expect([ahead.offset, behind.offset]).toEqual([8, 5])
    await brokers.next().answer([])
    const asked = brokers.next()
    expect(asked.parts).toEqual({ 0: [5, 1000], 1: [5, 1000] })
    await asked.answer([{ partition: 0, records: rows(5, 3) }])
    expect([ahead.offset, behind.offset, ahead.length, behind.length, other.offset]).toEqual([8, 8, 1, 1, 5])
    const both = brokers.next()
    expect(both.parts[0]?.[0]).toBe(8)
    await both.answer([{ partition: 0, records: rows(8, 2) }])
    expect([ahead.offset, behind.offset, ahead.length, behind.length]).toEqual([10, 10, 2, 2])
  })

  it('are asked for as much as the fullest has room for, and one that is full holds up nobody', async () => {
    const { brokers, add } = setUp()
    const [full, empty] = [add(0), add(0)]
    await turn()
    await brokers.next().answer([{ partition: 0, records: rows(5) }])
    full.bytes = 9500
    await brokers.next().answer([{ partition: 0, records: rows(5) }])
    const both = brokers.next()
    expect(both.parts).toEqual({ 0: [6, 500] })
    full.bytes = 1e9
    await both.answer([{ partition: 0, records: rows(6) }])
    expect([full.offset, empty.offset]).toEqual([7, 7])
    const one = brokers.next()
    expect(one.parts).toEqual({ 0: [7, 1000] })
    await one.answer([{ partition: 0, records: rows(7) }])
    expect([full.offset, empty.offset]).toEqual([7, 8])
  })
})
