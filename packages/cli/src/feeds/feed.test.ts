import type { Pipeline, RunSummary } from '@tickets/core'
import { TicketsError } from '@tickets/core'
import { loggerOf } from '@tickets/core/internal'
import { afterEach, expect, test } from 'vitest'
import { Changes, Feed } from './feed.ts'

const logged: { level: string; event: string; [field: string]: unknown }[] = []
const logger = loggerOf((level) => (_, details) => void logged.push({ level, event: '', ...details }))
afterEach(() => void logged.splice(0))
const clock = { now: () => 0, sleep: async () => {} }
const settings = { firstPause: 1000, longestPause: 60_000, healthyAfter: 60_000, restarts: 2, clock, logger }

/** A feed whose pipeline runs until it is stopped, or fails. */
function feedOf(failure?: Error) {
  const states: string[] = []
  const run: Pipeline['run'] = async ({ signal, onProgress } = {}) => {
    if (failure) throw failure
    onProgress?.({ rows: 4, lag: 1 } as never)
    await new Promise<void>((done) => (signal?.aborted ? done() : signal?.addEventListener('abort', () => done())))
    return { how: 'stopped' } as RunSummary
  }
  const pipeline: Pipeline = { run, backfill: () => Promise.reject(new Error('none')), personalData: () => ({ pipeline: 'lake', places: [] }) }
  const feed = new Feed(
    'lake',
    'tickets to files',
    () => pipeline,
    settings,
    ({ status }) => void states.push(status.state),
  )
  const reached = async (state: string) => {
    while (feed.status.state !== state) await new Promise((done) => setTimeout(done, 1))
  }
  return { feed, states, reached }
}

test('a feed runs, pauses, resumes and drains, and reports each state', async () => {
  const { feed, states } = feedOf()
  expect(feed.status).toMatchObject({ name: 'lake', state: 'stopped', rows: 0, lag: null })
  feed.start()
  await new Promise((done) => setTimeout(done, 5))
  await feed.pause()
  feed.start()
  await new Promise((done) => setTimeout(done, 5))
  await feed.drain()
  expect(states).toEqual(['running', 'pausing', 'paused', 'running', 'draining', 'drained'])
  expect([feed.isOver, feed.status.rows, feed.status.lag]).toEqual([true, 8, 1])
})

test('a retryable failure is tried again as often as allowed, any other fails at once', async () => {
  const flaky = feedOf(new TicketsError('SOURCE_UNREACHABLE', 'no broker', { retryable: true }))
  flaky.feed.start()
  await flaky.reached('failed')
  expect(flaky.feed.status).toMatchObject({ restarts: 2, error: { code: 'SOURCE_UNREACHABLE', message: 'no broker' } })
  const broken = feedOf(new Error('wrong'))
  broken.feed.start()
  await broken.reached('failed')
  expect(broken.feed.status).toMatchObject({ restarts: 0, error: { code: 'UNEXPECTED', message: 'wrong' } })
})

test('a feed that is ending cannot be started until it has ended', async () => {
  const { feed } = feedOf()
  feed.start()
  await new Promise((done) => setTimeout(done, 5))
  const draining = feed.drain()
  expect(() => feed.start()).toThrow('the feed "lake" is draining')
  await draining
  feed.start()
  await feed.drain()
})

test('a drain during a pause wins', async () => {
  const { feed } = feedOf()
  feed.start()
  await new Promise((done) => setTimeout(done, 5))
  await Promise.all([feed.pause(), feed.drain()])
  expect(feed.status.state).toBe('drained')
})

test('a change wakes all that wait for the next one', async () => {
  const changes = new Changes()
  const waiting = Promise.all([changes.next(), changes.next()])
  changes.notify()
  await waiting
})

test('each restart and failure is an event of the log, with the code of the error', async () => {
  const error = new TicketsError('SOURCE_UNREACHABLE', 'no broker', { retryable: true })
  const flaky = feedOf(error)
  flaky.feed.start()
  await flaky.reached('failed')
  const code = 'SOURCE_UNREACHABLE'
  expect(logged).toEqual([
    { level: 'warn', event: 'feed.restarted', feed: 'lake', failures: 1, pauseMs: 1000, code },
    { level: 'warn', event: 'feed.restarted', feed: 'lake', failures: 2, pauseMs: 2000, code },
    { level: 'error', event: 'feed.failed', feed: 'lake', failures: 3, code, err: error },
  ])
})

test('a failure that no restart can help is the first one, and has the code OTHER where the error has none', async () => {
  const error = new Error('wrong')
  const broken = feedOf(error)
  broken.feed.start()
  await broken.reached('failed')
  expect(logged).toEqual([{ level: 'error', event: 'feed.failed', feed: 'lake', failures: 1, code: 'OTHER', err: error }])
})
