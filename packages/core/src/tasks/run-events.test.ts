import { expect, it } from 'vitest'
import type { CommittedRange, RunWatcher, WatchedRun } from '../connectors/telemetry.ts'
import { RunEvents } from './run-events.ts'

const run = { pipeline: 'p' } as WatchedRun
const range = { n: 1 } as CommittedRange
const retry = { task: 't-0', error: null, failures: 1, at: 0 }
const end = { how: 'done', at: 0 } as const
const none = () => {}

it('passes each event to all that watch', () => {
  const events = new RunEvents()
  expect(events.isWatched).toBe(false)
  const seen: unknown[] = []
  const watcher: RunWatcher = { committed: (one) => seen.push(one), retried: (one) => seen.push(one), ended: (one) => seen.push(one) }
  const watch = (one: WatchedRun) => {
    seen.push(one)
    return watcher
  }
  for (let i = 0; i < 2; i++) events.watch({ watch }, run, none)
  expect(events.isWatched).toBe(true)
  events.committed(range)
  events.retried(retry)
  events.ended(end)
  expect(seen).toEqual([run, run, range, range, retry, retry, end, end])
})

it('needs none of the callbacks', () => {
  const events = new RunEvents()
  events.watch({ watch: () => ({}) }, run, none)
  events.committed(range)
  events.retried(retry)
  events.ended(end)
})

it('reports the first thing that one of them throws, and lets the others be', () => {
  const events = new RunEvents()
  const said: string[] = []
  const seen: CommittedRange[] = []
  const broken = {
    watch: () => ({
      committed() {
        throw new Error('disk full')
      },
    }),
  }
  events.watch(broken, run, (message) => said.push(message))
  events.watch({ watch: () => ({ committed: (one) => seen.push(one) }) }, run, none)
  events.committed(range)
  events.committed(range)
  expect(said).toEqual([expect.stringContaining('telemetry threw; nothing stops, and it is not reported again: disk full')])
  expect(seen).toEqual([range, range])
})

it('reports one that cannot begin to watch', () => {
  const events = new RunEvents()
  const said: string[] = []
  const broken = {
    watch: () => {
      throw new Error('no')
    },
  }
  events.watch(broken, run, (message) => said.push(message))
  events.committed(range)
  expect(said).toHaveLength(1)
})
