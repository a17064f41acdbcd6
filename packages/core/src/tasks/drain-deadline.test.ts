import { expect, it } from 'vitest'
import type { Clock } from '../base/clock.ts'
import { DrainDeadline } from './drain-deadline.ts'

it('shares one time among all that is waited for', async () => {
  const slept: number[] = []
  let now = 1000
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms)
    },
  }
  const deadline = new DrainDeadline(clock, 300)
  const hangs = new Promise(() => {})
  expect(await deadline.wait(hangs)).toBe(false)
  now += 200
  expect(await deadline.wait(hangs)).toBe(false)
  now += 200
  expect(await deadline.wait(hangs)).toBe(false)
  expect(slept).toEqual([300, 100, 0])
})

it('returns true for work that ends in time, and passes its error on', async () => {
  const never: Clock = { now: () => 0, sleep: () => new Promise(() => {}) }
  const deadline = new DrainDeadline(never, 300)
  expect(await deadline.wait(Promise.resolve())).toBe(true)
  await expect(deadline.wait(Promise.reject(new Error('disk full')))).rejects.toThrow('disk full')
})
