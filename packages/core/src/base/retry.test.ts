import { expect, it } from 'vitest'
import type { Clock } from './clock.ts'
import { backoff, jittered, retry, settlesWithin } from './retry.ts'

function recordingClock(onSleep: (ms: number) => void = () => {}) {
  const slept: number[] = []
  const clock: Clock = {
    now: () => 0,
    sleep: async (ms) => {
      slept.push(ms)
      onSleep(ms)
    },
  }
  return { clock, slept }
}

it('doubles the pause with each failure, up to the longest', () => {
  expect([1, 2, 3, 4].map((failures) => backoff(failures))).toEqual([100, 200, 400, 800])
  expect(backoff(50)).toBe(10_000)
  expect(backoff(3, { first: 1, longest: 3 })).toBe(3)
})

it('takes off up to half of a pause', () => {
  for (let i = 0; i < 100; i++) {
    const ms = jittered(1000)
    expect(ms).toBeGreaterThanOrEqual(500)
    expect(ms).toBeLessThanOrEqual(1000)
  }
})

it('tries again until it succeeds', async () => {
  const { clock, slept } = recordingClock()
  let tries = 0
  const work = async () => {
    if (++tries < 3) throw new Error(`try ${tries}`)
    return tries
  }
  await expect(retry(work, { again: () => true, clock, first: 10 })).resolves.toBe(3)
  expect(slept).toEqual([10, 20])
})

it('throws the error that is not worth another try, at once', async () => {
  const { clock, slept } = recordingClock()
  let tries = 0
  const work = async () => {
    throw new Error(`try ${++tries}`)
  }
  await expect(retry(work, { again: (_, failures) => failures < 3, clock })).rejects.toThrow('try 3')
  expect(slept).toEqual([100, 200])
})

it('throws the last error when it is stopped during a pause', async () => {
  const stop = new AbortController()
  const { clock, slept } = recordingClock(() => stop.abort())
  const work = () => Promise.reject(new Error('refused'))
  await expect(retry(work, { again: () => true, clock, signal: stop.signal })).rejects.toThrow('refused')
  expect(slept).toHaveLength(1)
})

it('stops waiting for work that hangs', async () => {
  const { clock, slept } = recordingClock()
  await expect(settlesWithin(new Promise(() => {}), 5000, clock)).resolves.toBe(false)
  expect(slept).toEqual([5000])
})

it('returns when the work does, and ends its timer', async () => {
  let signal: AbortSignal | undefined
  const clock: Clock = {
    now: () => 0,
    sleep: (_, given) => {
      signal = given
      return new Promise(() => {})
    },
  }
  await expect(settlesWithin(Promise.resolve(), 5000, clock)).resolves.toBe(true)
  expect(signal?.aborted).toBe(true)
  await expect(settlesWithin(Promise.reject(new Error('disk full')), 5000, clock)).rejects.toThrow('disk full')
})
