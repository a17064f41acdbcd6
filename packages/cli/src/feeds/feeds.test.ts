import type { Pipeline, RunOptions, RunSummary } from '@tickets/core'
import { isTicketsError, TicketsError } from '@tickets/core'
import type { Clock } from '@tickets/core/internal'
import { expect, test } from 'vitest'
import type { Feeds } from './feeds.ts'
import { feeds } from './feeds.ts'

const summary = (how: RunSummary['how'], rows = 0): RunSummary => ({
  how,
  rows,
  rejected: 0,
  unmapped: 0,
  refused: 0,
  late: {},
  expired: 0,
  written: {},
  seconds: 0,
})
const stub = (run: (options: RunOptions) => Promise<RunSummary>): Pipeline => ({
  run: (options = {}) => run(options),
  backfill: () => Promise.reject(new Error('none')),
  personalData: () => ({ pipeline: 'lake', places: [] }),
})
const until = (signal: AbortSignal | undefined) =>
  new Promise<void>((done) => (signal?.aborted ? done() : signal?.addEventListener('abort', () => done())))
/** Runs until it is stopped. */
const endless = (rows = 5) =>
  stub(async ({ signal, onProgress }) => {
    onProgress?.({ rows, lag: 2 } as never)
    await until(signal)
    return summary('stopped', rows)
  })
const away = () => new TicketsError('SOURCE_UNREACHABLE', 'no broker', { retryable: true })

/** A clock whose pauses take no time, and are noted. */
function noting(): { clock: Clock; pauses: number[]; pass: (ms: number) => void } {
  let now = 0
  const pauses: number[] = []
  const sleep = async (ms: number) => {
    pauses.push(ms)
    now += ms
    await new Promise((done) => setTimeout(done, 0))
  }
  return { pauses, pass: (ms) => (now += ms), clock: { now: () => now, sleep } }
}

const states = (all: Feeds) => Object.fromEntries(all.list().map(({ name, state }) => [name, state]))
const reached = async (all: Feeds, name: string, state: string) => {
  while (states(all)[name] !== state) await new Promise((done) => setTimeout(done, 1))
}
const quiet = { handleSignals: false } as const

test('one that fails for good stays stopped with its message, and stops no other', async () => {
  const ends = stub(async () => summary('done', 7))
  const all = feeds({
    good: { pipeline: () => ends },
    bad: { pipeline: () => stub(() => Promise.reject(new TicketsError('PIPELINE_CHANGED', 'another pipeline'))) },
    worse: { pipeline: () => Promise.reject(new Error('no config')) },
  })
  const [good, bad, worse] = await all.run(quiet)
  expect(good).toMatchObject({ state: 'done', error: null })
  expect(bad).toMatchObject({ state: 'failed', restarts: 0, error: { code: 'PIPELINE_CHANGED', message: 'another pipeline' } })
  expect(worse).toMatchObject({ state: 'failed', error: { code: 'UNEXPECTED', message: 'no config' } })
})

test('faults that pass are tried again with growing pauses, so often in a row; a healthy run starts the count anew', async () => {
  const { clock, pauses, pass } = noting()
  let tries = 0
  const all = feeds(
    {
      flaky: {
        pipeline: () =>
          stub(async () => {
            tries++
            // The fourth run lasts.
            if (tries === 4) pass(60_000)
            throw away()
          }),
      },
    },
    { clock, firstPause: '1 s', longestPause: '3 s', restarts: 4 },
  )
  const [flaky] = await all.run(quiet)
  expect(pauses).toEqual([1000, 2000, 3000, 1000, 2000, 3000, 3000])
  expect(flaky).toMatchObject({ state: 'failed', restarts: 7, error: { code: 'SOURCE_UNREACHABLE' } })
  expect(tries).toBe(8)
})

test('pause commits and leaves the group, resume continues with a new pipeline, drain ends it', async () => {
  let made = 0
  const all = feeds({ a: { pipeline: () => endless(++made) }, b: { pipeline: () => endless() } })
  const over = all.run(quiet)
  await reached(all, 'a', 'running')
  await all.pause('a')
  expect(states(all)).toEqual({ a: 'paused', b: 'running' })
  await all.pause('a')
  all.resume('a')
  all.resume('a')
  await reached(all, 'a', 'running')
  await new Promise((done) => setTimeout(done, 5))
  expect(made).toBe(2)
  expect(all.list()[0]).toMatchObject({ rows: 3, lag: 2 })
  await all.drain('a')
  await all.pause('b')
  let isOver = false
  void over.then(() => (isOver = true))
  await new Promise((done) => setTimeout(done, 5))
  expect(isOver).toBe(false)
  await all.drain()
  expect((await over).map(({ state }) => state)).toEqual(['drained', 'drained'])
  expect(() => all.start('c')).toThrow('there is no feed "c", only a, b')
})

test('a signal drains all, those that wait for their next try too', async () => {
  const stop = new AbortController()
  const all = feeds(
    { runs: { pipeline: () => endless() }, waits: { pipeline: () => stub(() => Promise.reject(away())) } },
    { firstPause: '1 hour', longestPause: '1 hour' },
  )
  const over = all.run({ ...quiet, signal: stop.signal })
  await reached(all, 'waits', 'waiting')
  expect(all.list()[1]?.nextTry).toBeGreaterThan(Date.now())
  stop.abort()
  expect((await over).map(({ state }) => state)).toEqual(['drained', 'drained'])
})

test('only some are started; the others when they are asked for', async () => {
  const all = feeds({ a: { pipeline: () => endless() }, b: { pipeline: () => stub(async () => summary('done')) } })
  const over = all.run({ ...quiet, only: ['a'] })
  expect(states(all)).toEqual({ a: 'running', b: 'stopped' })
  all.start('b')
  await reached(all, 'b', 'done')
  await all.drain('a')
  await over
})

test('nonsense is refused', () => {
  const refused = (make: () => unknown) => {
    try {
      make()
    } catch (error) {
      return isTicketsError(error, 'OPTION_INVALID')
    }
    return false
  }
  expect(refused(() => feeds({}))).toBe(true)
  expect(refused(() => feeds({ 'a/b': { pipeline: () => endless() } }))).toBe(true)
  expect(refused(() => feeds({ a: { pipeline: () => endless() } }, { restarts: -1 }))).toBe(true)
  expect(refused(() => feeds({ a: { pipeline: () => endless() } }, { firstPause: 'soon' }))).toBe(true)
})
