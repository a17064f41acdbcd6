import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Asked, named, RECOVERY, RETRY_FOR, rows, setUp, turn } from '../../test/fetcher-brokers.ts'

const [OUT_OF_RANGE, UNKNOWN_TOPIC, NOT_LEADER, DENIED] = [1, 3, 6, 29]

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

describe('a fault that may pass', () => {
  const faults: [string, (asked: Asked) => Promise<void>][] = [
    ['a broken connection', (asked) => asked.fail(named('KafkaJSConnectionClosedError'))],
    ['an answer with an error', (asked) => asked.answer([], 7)],
    ['a leader that moved', (asked) => asked.answer([{ partition: 0, error: NOT_LEADER }])],
    ['an answer that was damaged', (asked) => asked.answer([{ partition: 0, records: Buffer.from(rows(5)).fill(9, 61) }])],
  ]

  it.each(faults)('is passed twice: %s', async (_, fault) => {
    const { brokers, add } = setUp()
    const queue = add()
    await turn()
    for (let round = 0; round < 2; round++) {
      // Together longer than retryFor: each time the time begins anew.
      for (let n = 0; n < 15; n++) {
        await fault(brokers.next())
        expect([queue.failure, queue.failingSince === null]).toEqual([null, false])
        expect(brokers.asked).toEqual([])
        await vi.advanceTimersByTimeAsync(RECOVERY)
      }
      await brokers.next().answer([{ partition: 0, records: rows(queue.offset) }])
      expect([queue.failure, queue.failingSince, queue.offset]).toEqual([null, null, 6 + round])
    }
    expect(brokers.refreshMetadata).toHaveBeenCalledTimes(30)
  })

  it.each(faults)('ends the partition after retryFor: %s', async (_, fault) => {
    const { brokers, add } = setUp()
    const queue = add()
    await turn()
    for (let n = 0; n < RETRY_FOR / RECOVERY; n++) {
      await fault(brokers.next())
      expect(queue.failure).toBeNull()
      await vi.advanceTimersByTimeAsync(RECOVERY)
    }
    await fault(brokers.next())
    expect(queue.failure).toMatchObject({ retryable: true, code: expect.stringMatching(/^SOURCE_(UNREACHABLE|FAILED)$/) })
    await vi.advanceTimersByTimeAsync(RECOVERY)
    expect(brokers.asked).toEqual([])
  })

  it('of one partition lets the others continue', async () => {
    const { brokers, add } = setUp()
    const [bad, good] = [add(0), add(1)]
    await turn()
    await brokers.next().answer([])
    for (let n = 0; n <= RETRY_FOR / RECOVERY; n++) {
      const damaged = { partition: 0, records: Buffer.from(rows(5)).fill(9, 61) }
      await brokers.next().answer([damaged, { partition: 1, records: rows(5 + n) }])
      await vi.advanceTimersByTimeAsync(RECOVERY)
    }
    expect(bad.failure?.message).toMatch(/^t-0: /)
    expect([good.failure, good.failingSince, good.offset]).toEqual([null, null, 6 + RETRY_FOR / RECOVERY])
    expect(Object.keys(brokers.next().parts)).toEqual(['1'])
  })

  it('connects anew where the list of leaders cannot be had, and continues where that fails too', async () => {
    const { brokers, add } = setUp()
    const queue = add()
    brokers.refreshMetadata.mockRejectedValue(new Error('no'))
    brokers.connect.mockRejectedValueOnce(new Error('no'))
    await turn()
    for (let n = 0; n < 2; n++) {
      await brokers.next().fail(named('KafkaJSConnectionError'))
      await vi.advanceTimersByTimeAsync(RECOVERY)
    }
    expect(brokers.connect).toHaveBeenCalledTimes(2)
    await brokers.next().answer([{ partition: 0, records: rows(5) }])
    expect(queue.offset).toBe(6)
  })

  it('that is silence is reported, so that the connection is given up, and another one is not', async () => {
    const { brokers, add, told } = setUp()
    add()
    await turn()
    for (const [error, hangs] of [
      [named('KafkaJSRequestTimeoutError'), 1],
      [named('KafkaJSConnectionClosedError'), 1],
      [new Error('Broker not connected'), 2],
    ] as const) {
      await brokers.next().fail(error)
      expect(told.hangs).toBe(hangs)
      await vi.advanceTimersByTimeAsync(RECOVERY)
    }
  })

  it.each(['', 'unknown'])('is a partition without a leader (%j)', async (leader) => {
    const { brokers, add } = setUp()
    brokers.leaders = { 0: leader }
    const queue = add()
    await turn()
    expect([brokers.asked, queue.failure, queue.failingSince === null]).toEqual([[], null, false])
    brokers.leaders = {}
    await vi.advanceTimersByTimeAsync(RECOVERY)
    await brokers.next().answer([{ partition: 0, records: rows(5) }])
    expect(queue.offset).toBe(6)
    brokers.leaders = { 0: leader }
    await brokers.next().answer([])
    await vi.advanceTimersByTimeAsync(RETRY_FOR + RECOVERY)
    expect(queue.failure).toMatchObject({ code: 'SOURCE_UNREACHABLE', message: expect.stringContaining('t-0') })
  })

  it('ends its rounds when it is closed meanwhile', async () => {
    const { brokers, fetcher, add } = setUp()
    add()
    await turn()
    await brokers.next().answer([], 7)
    const closed = fetcher.close()
    await vi.advanceTimersByTimeAsync(RECOVERY)
    await closed
    expect([brokers.refreshMetadata.mock.calls, brokers.asked]).toEqual([[], []])
  })
})

describe('a fault that stays', () => {
  it.each([
    ['a position before the first', 6, 100, 'POSITION_GONE'],
    ['a position behind the end', 0, 4, 'POSITION_AHEAD'],
  ])('is %s', async (_, earliest, end, code) => {
    const { brokers, add } = setUp()
    brokers.bounds = { earliest, end }
    const queue = add()
    await turn()
    await brokers.next().answer([{ partition: 0, error: OUT_OF_RANGE }])
    expect(queue.failure).toMatchObject({ code })
  })

  it('is none where the position is there after all', async () => {
    const { brokers, add } = setUp()
    brokers.bounds = { earliest: 5, end: 5 }
    const queue = add()
    await turn()
    await brokers.next().answer([{ partition: 0, error: OUT_OF_RANGE }])
    await vi.advanceTimersByTimeAsync(RECOVERY)
    expect(queue.failure).toBeNull()
    await brokers.next().answer([{ partition: 0, records: rows(5) }])
    expect(queue.offset).toBe(6)
  })

  it.each([
    [DENIED, /allow READ/],
    [87, /error 87/],
  ])('is error %s of a partition, and ends that one alone', async (error, message) => {
    const { brokers, add } = setUp()
    const [bad, good] = [add(0), add(1)]
    await turn()
    await brokers.next().answer([])
    await brokers.next().answer([
      { partition: 0, error },
      { partition: 1, records: rows(5) },
    ])
    expect(bad.failure).toMatchObject({ code: 'SOURCE_FAILED', retryable: false, message: expect.stringMatching(message) })
    expect([good.failure, good.offset]).toEqual([null, 6])
  })

  it('is a broker that is too old', async () => {
    const { brokers, add } = setUp()
    brokers.fetchVersion = 10
    const queue = add()
    await turn()
    expect(queue.failure).toMatchObject({ code: 'SOURCE_FAILED', retryable: false, message: expect.stringContaining('too old') })
  })
})

describe('a topic that is not there', () => {
  it('is not read again before it is known to be the same, and may be away twice', async () => {
    let missing: string[] = []
    const missingTopics = vi.fn(async () => new Set(missing))
    const { brokers, add } = setUp({ missingTopics })
    const queue = add()
    await turn()
    for (let round = 1; round <= 2; round++) {
      missing = ['t']
      await brokers.next().answer([{ partition: 0, error: UNKNOWN_TOPIC }])
      await vi.advanceTimersByTimeAsync(10 * RECOVERY)
      expect([brokers.asked, queue.failure, queue.failingSince === null]).toEqual([[], null, false])
      missing = []
      await vi.advanceTimersByTimeAsync(RECOVERY)
      const looks = missingTopics.mock.calls.length
      await brokers.next().answer([{ partition: 0, records: rows(queue.offset) }])
      expect([queue.offset, queue.failingSince]).toEqual([5 + round, null])
      // It is there, so nobody needs to look again.
      expect(missingTopics).toHaveBeenCalledTimes(looks)
    }
  })

  it('ends the partition after retryFor', async () => {
    const { brokers, add } = setUp({ missingTopics: async () => new Set(['t']) })
    const queue = add()
    await turn()
    await brokers.next().answer([{ partition: 0, error: UNKNOWN_TOPIC }])
    await vi.advanceTimersByTimeAsync(RETRY_FOR - RECOVERY)
    expect(queue.failure).toBeNull()
    await vi.advanceTimersByTimeAsync(2 * RECOVERY)
    expect(queue.failure).toMatchObject({ code: 'SOURCE_MISSING' })
  })
})
