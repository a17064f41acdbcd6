import { expect, it } from 'vitest'
import type { Limit } from '../../connectors/source.ts'
import { turned } from './clock.fixture.ts'
import { Pace } from './pace.ts'

const limit = (more: Partial<Limit> = {}): Limit => ({ rows: 1000, bytes: 1e6, ms: 250, signal: new AbortController().signal, ...more })

it('waits for a batch that is worth it, and no longer', async () => {
  const clock = turned()
  const pace = new Pace(1000, clock)
  expect(await pace.wait(limit())).toBe(50)
  expect(clock.slept).toEqual([50])
  pace.take(50)
  // Fewer rows are asked for than a batch would have.
  expect(await pace.wait(limit({ rows: 7 }))).toBe(7)
  expect(clock.slept).toEqual([50, 7])
})

it('does not wait for what is due already', async () => {
  const clock = turned()
  const pace = new Pace(1000, clock)
  expect(pace.due).toBe(0)
  clock.time += 80
  expect(await pace.wait(limit())).toBe(80)
  expect(clock.slept).toEqual([])
})

it('waits no longer than `ms`, and keeps the part of a ticket that has come due', async () => {
  const clock = turned()
  const pace = new Pace(1, clock)
  for (const due of [0, 0, 0, 1]) expect(await pace.wait(limit({ ms: 250 }))).toBe(due)
  expect(clock.slept).toEqual([250, 250, 250, 250])
})

it('lets out exactly its rate, whatever is taken at a time', async () => {
  const clock = turned()
  const pace = new Pace(300, clock)
  let taken = 0
  for (let i = 0; clock.time < 11_000; i++) {
    const take = Math.min(await pace.wait(limit({ rows: 1 + (i % 40) })), 1 + (i % 40))
    pace.take(take)
    taken += take
  }
  expect(taken / ((clock.time - 1000) / 1000)).toBeCloseTo(300, 0)
})

it('makes up for one second at most after a pause, and for one ticket where it is slower than that', async () => {
  const clock = turned()
  const [fast, slow] = [new Pace(100, clock), new Pace(0.001, clock)]
  expect([fast.due, slow.due]).toEqual([0, 0])
  clock.time += 3_600_000
  expect([fast.due, slow.due]).toEqual([100, 1])
})

it('owes nothing for a clock that is set back', () => {
  const clock = turned()
  const pace = new Pace(1000, clock)
  expect(pace.due).toBe(0)
  clock.time -= 500
  expect(pace.due).toBe(0)
  clock.time += 10
  expect(pace.due).toBe(10)
})

it('returns at once when the signal has aborted', async () => {
  const clock = turned()
  expect(await new Pace(1000, clock).wait(limit({ signal: AbortSignal.abort() }))).toBe(0)
  expect(clock.slept).toEqual([])
})
