import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Asked, type Brokers, rows, setUp, turn } from '../../test/fetcher-brokers.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

describe('an empty answer', () => {
  /** Answers every question before the end with nothing, for so long; a broker keeps one at the end waiting. */
  async function empty(brokers: Brokers, ms: number, end = 9) {
    const asked: Asked[] = []
    for (const until = Date.now() + ms; Date.now() < until; await vi.advanceTimersByTimeAsync(100))
      for (let one = brokers.asked.shift(); one; one = brokers.asked.shift()) {
        if (Object.values(one.parts).every(([offset]) => offset >= end)) continue
        asked.push(one)
        await one.answer(Object.keys(one.parts).map((p) => ({ partition: Number(p), end })))
      }
    return asked
  }

  it('is asked for alone and again, with growing pauses and no least size, until it proves a gap', async () => {
    const { brokers, add, gaps } = setUp()
    brokers.localStart = 0
    const queue = add()
    await turn()
    const asked = await empty(brokers, 6000)
    expect([queue.offset, gaps]).toEqual([5, []])
    expect(asked.map(({ least }) => least)).toEqual([10, 1, 1, 1, 1, 1])
    expect(asked.map(({ wait }) => wait)).toEqual([500, 500, 500, 800, 1600, 2000])
    await empty(brokers, 4000)
    expect([queue.offset, gaps]).toEqual([9, [{ partition: 't-0', from: 5, to: 9 }]])
    expect(queue.shift()).toMatchObject({ bytes: null, next: 9 })
  })

  it('proves a gap only after a longer series where the broker does not tell what it holds', async () => {
    const { brokers, add, gaps } = setUp()
    const queue = add()
    await turn()
    await empty(brokers, 20_000)
    expect([queue.offset, gaps]).toEqual([5, []])
    await empty(brokers, 20_000)
    expect([queue.offset, gaps]).toEqual([9, [{ partition: 't-0', from: 5, to: 9 }]])
  })

  it('proves none once records come, and the series begins anew', async () => {
    const { brokers, add, gaps } = setUp()
    brokers.localStart = 0
    const queue = add()
    await turn()
    for (let round = 1; round <= 2; round++) {
      await empty(brokers, 6000, 90)
      await vi.advanceTimersByTimeAsync(3500)
      await brokers.next().answer([{ partition: 0, records: rows(queue.offset) }])
      expect([queue.offset, gaps, queue.emptyAnswers]).toEqual([5 + round, [], null])
    }
  })

  it('from remote storage is waited for, and ends the partition only after retryFor', async () => {
    const { brokers, add, gaps } = setUp({ retryFor: 60_000 })
    brokers.localStart = 6
    const queue = add()
    await turn()
    await empty(brokers, 59_000)
    expect([queue.offset, queue.failure, gaps]).toEqual([5, null, []])
    await empty(brokers, 20_000)
    expect(queue.failure).toMatchObject({ code: 'SOURCE_UNREACHABLE', retryable: true, message: expect.stringContaining('remote storage') })
    expect([queue.offset, gaps]).toEqual([5, []])
  })

  it('at the first position that a broker holds itself is no answer from remote storage', async () => {
    const { brokers, add, gaps } = setUp()
    brokers.localStart = 5
    const queue = add()
    await turn()
    await empty(brokers, 10_000)
    expect([queue.offset, queue.failure, gaps.length]).toEqual([9, null, 1])
  })

  it('holds no other partition up', async () => {
    const { brokers, add } = setUp()
    const [quiet, busy] = [add(0), add(1)]
    await turn()
    for (let n = 0; n < 40; n++) {
      for (const one of brokers.asked.splice(0)) {
        if (one.parts[1]) await one.answer([{ partition: 1, records: rows(busy.offset) }, ...(one.parts[0] ? [{ partition: 0, end: 9 }] : [])])
        else await one.answer([{ partition: 0, end: 9 }])
      }
      await vi.advanceTimersByTimeAsync(10)
    }
    expect(busy.offset).toBeGreaterThan(30)
    expect(quiet.offset).toBe(5)
  })
})
