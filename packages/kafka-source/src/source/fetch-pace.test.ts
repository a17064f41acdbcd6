import { expect, it } from 'vitest'
import { FetchPace } from './fetch-pace.ts'

const WAIT_MS = 50

/** How many bytes a fetch waits for after a second in which so many bytes arrived every `every` milliseconds. */
function afterSteady(bytes: number, every: number): number {
  const pace = new FetchPace()
  let now = 0
  for (; now < 3000; now += every) pace.arrived(bytes, now)
  return pace.next(WAIT_MS, now).least
}

it('waits for nothing on a quiet topic', () => {
  expect(new FetchPace().next(WAIT_MS, 0).least).toBe(1)
  expect(afterSteady(250, 1500)).toBeLessThan(250)
})

it('waits for what arrives in half of the time, whatever the pieces', () => {
  const [small, large] = [afterSteady(250, 5), afterSteady(2500, 50)]
  // 50 bytes a millisecond.
  for (const least of [small, large]) expect(Math.abs(least - (50 * WAIT_MS) / 2)).toBeLessThan(150)
})

it('waits for 32 KiB at the most', () => {
  expect(afterSteady(100_000, 10)).toBe(32 * 1024)
})

it('forgets a burst', () => {
  const pace = new FetchPace()
  pace.arrived(1_000_000, 0)
  const waits = [0, 1000, 3000, 10_000].map((now) => pace.next(WAIT_MS, now).least)
  expect(waits).toEqual([...waits].sort((a, b) => b - a))
  expect([waits[0], waits.at(-1)]).toEqual([32 * 1024, 1])
})

it('waits as long as it may for the first byte only', () => {
  const hour = 3_600_000
  const pace = new FetchPace()
  expect(pace.next(hour, 0)).toEqual({ least: 1, wait: hour })
  pace.arrived(300, 0)
  expect(pace.next(hour, 0).least).toBeLessThan(300)
  pace.arrived(1_000_000, 0)
  expect(pace.next(hour, 0)).toEqual({ least: 32 * 1024, wait: 50 })
  expect(pace.next(20, 0).wait).toBe(20)
})
