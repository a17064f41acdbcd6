import { expect, it } from 'vitest'
import type { Clock } from '../../base/clock.ts'
import type { Limit } from '../../connectors/source.ts'
import { turned } from './clock.fixture.ts'
import { planOf } from './options.ts'
import { Pace } from './pace.ts'
import { GeneratorReader, type GeneratorReaderOptions } from './reader.ts'
import { TicketMaker } from './ticket-maker.ts'
import { ticketStream } from './ticket-stream.ts'

const limit = (more: Partial<Limit> = {}): Limit => ({ rows: 1000, bytes: 1e6, ms: 250, signal: new AbortController().signal, ...more })

const reader = (options: Partial<GeneratorReaderOptions> = {}) =>
  new GeneratorReader({
    maker: new TicketMaker(planOf({})),
    partition: 0,
    partitions: 1,
    from: 0,
    end: Number.POSITIVE_INFINITY,
    pace: null,
    ...options,
  })

it('stops exactly at the end', async () => {
  const one = reader({ partition: 1, partitions: 3, from: 5, end: 12 })
  expect(await one.read(limit())).toMatchObject({ position: 12, lag: 0, batch: { length: 7 } })
  expect(await one.read(limit())).toBe('end')
  expect(await reader({ from: 12, end: 12 }).read(limit())).toBe('end')
})

it('reads ticket p + k · partitions at position k of partition p', async () => {
  const chunk = await reader({ partition: 2, partitions: 3, from: 4, end: 7 }).read(limit())
  const all = [...ticketStream({ tickets: 30 })]
  expect(chunk === 'end' ? [] : chunk.batch.toArray()).toEqual([14, 17, 20].map((i) => all[i]))
})

it('tells how many tickets are left', async () => {
  const one = reader({ end: 10 })
  expect(await one.read(limit({ rows: 4 }))).toMatchObject({ position: 4, lag: 6, rejected: [] })
  expect(await one.read(limit({ rows: 100 }))).toMatchObject({ position: 10, lag: 0 })
})

it('is endless without a count, and cannot tell what is left', async () => {
  expect(await reader({ from: 10 ** 9 }).read(limit({ rows: 3 }))).toMatchObject({ position: 10 ** 9 + 3, lag: null })
})

it('returns after `ms` with nothing when nothing is due, caught up', async () => {
  const clock = turned()
  const one = reader({ pace: new Pace(0.1, clock) })
  expect(await one.read(limit({ ms: 100 }))).toMatchObject({ batch: { length: 0 }, position: 0, lag: 0 })
  expect(clock.slept).toEqual([100])
})

it('makes up for one second at most after a pause', async () => {
  const clock = turned()
  const one = reader({ pace: new Pace(100, clock) })
  await one.read(limit())
  clock.time += 60_000
  expect(await one.read(limit())).toMatchObject({ batch: { length: 100 } })
})

it('counts what its pace owes as lag, where it is not read as fast', async () => {
  const clock = turned()
  const one = reader({ pace: new Pace(100, clock) })
  await one.read(limit())
  clock.time += 500
  expect(await one.read(limit({ rows: 10 }))).toMatchObject({ batch: { length: 10 }, lag: 40 })
})

it('returns at once with nothing when the signal aborts, and has skipped nothing', async () => {
  const controller = new AbortController()
  const clock: Clock = { now: () => 0, sleep: (_, signal) => new Promise((done) => signal?.addEventListener('abort', () => done())) }
  const one = reader({ pace: new Pace(0.001, clock) })
  const reading = one.read(limit({ ms: 60_000, signal: controller.signal }))
  controller.abort()
  expect(await reading).toMatchObject({ batch: { length: 0 }, position: 0 })
  expect(await reader().read(limit({ signal: AbortSignal.abort() }))).toMatchObject({ batch: { length: 0 }, position: 0 })
})
