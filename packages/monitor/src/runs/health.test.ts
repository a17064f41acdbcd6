import { TicketsError } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { rangeOf, runOf, stateOf } from '../../test/runs.ts'
import { healthOf, Readiness } from './health.ts'
import { RunView } from './run-view.ts'

/** A run whose only partition has read and not committed so many rows, with ranges of at most a second. */
function running() {
  const world = { now: 0, uncommitted: 0, lag: 0 as number | null, assigned: ['t-0'] as string[] | null, heldBack: false }
  const view = new RunView(
    runOf({
      state: () =>
        stateOf(
          { 't-0': { uncommitted: world.uncommitted, lag: world.lag, heldBack: world.heldBack } },
          { now: world.now, assigned: world.assigned },
        ),
    }),
  )
  return { world, view, readiness: new Readiness() }
}

describe('health', () => {
  it('is well until a pipeline has failed', () => {
    const { view } = running()
    expect(healthOf([])).toEqual({ ok: true, reasons: [], notes: [] })
    expect(healthOf([view]).ok).toBe(true)
    view.ended({ how: 'failed', error: new TicketsError('LOG_GONE', 'who deleted it?'), at: 0 })
    expect(healthOf([view])).toEqual({ ok: false, reasons: ['lake has failed: LOG_GONE'], notes: [] })
  })

  it('is well when a run was stopped', () => {
    const { view } = running()
    view.ended({ how: 'stopped', at: 0 })
    expect(healthOf([view]).ok).toBe(true)
  })
})

describe('readiness', () => {
  it('begins when a run knows its partitions, which may be none', () => {
    const { world, view, readiness } = running()
    expect(readiness.look([]).reasons).toEqual(['no pipeline has started yet'])
    world.assigned = null
    expect(readiness.look([view]).reasons).toEqual(['lake has no partitions yet: its source has assigned none'])
    world.assigned = []
    expect(readiness.look([view]).ok).toBe(true)
  })

  it('ends when rows wait for three ranges without a commit, and comes back with the next one', () => {
    const { world, view, readiness } = running()
    const at = (now: number) => {
      world.now = now
      return readiness.look([view])
    }
    world.uncommitted = 5
    expect([at(0).ok, at(3_000).ok]).toEqual([true, true])
    expect(at(3_001).reasons).toEqual(['lake: rows of t-0 wait, and none was committed for 3 s'])
    view.committed(rangeOf({ task: 't-0', n: 7 }))
    expect([at(4_000).ok, at(7_000).ok, at(7_001).ok]).toEqual([true, true, false])
  })

  it('waits as long for messages that are not read', () => {
    const { world, view, readiness } = running()
    world.lag = 9
    readiness.look([view])
    world.now = 3_001
    expect(readiness.look([view]).ok).toBe(false)
    world.lag = null
    expect(readiness.look([view]).ok).toBe(true)
  })

  it('stays while nothing waits, however long ago the last commit was', () => {
    const { world, view, readiness } = running()
    expect(readiness.look([view]).ok).toBe(true)
    world.now = 1e9
    world.uncommitted = 1
    expect(readiness.look([view]).ok).toBe(true)
  })

  it('stays while a task is held back by drift, and says so; what it has read it must commit all the same', () => {
    const { world, view, readiness } = running()
    const notes = ['lake: t-0 is held back: its event time is more than maxDrift ahead of the slowest partition']
    Object.assign(world, { lag: 9, heldBack: true })
    readiness.look([view])
    world.now = 60_000
    expect(readiness.look([view])).toEqual({ ok: true, reasons: [], notes })
    world.uncommitted = 1
    readiness.look([view])
    world.now = 63_001
    expect(readiness.look([view])).toEqual({ ok: false, reasons: ['lake: rows of t-0 wait, and none was committed for 3 s'], notes })
    world.uncommitted = 0
    readiness.look([view])
    world.heldBack = false
    expect(readiness.look([view])).toEqual({ ok: true, reasons: [], notes: [] })
    world.now = 66_003
    expect(readiness.look([view]).ok).toBe(false)
  })

  it('ends with the last run', () => {
    const { view, readiness } = running()
    view.ended({ how: 'done', at: 0 })
    expect(readiness.look([view]).reasons).toEqual(['all runs have ended'])
    expect(readiness.look([view, running().view]).ok).toBe(true)
  })

  it('ends when a pipeline has failed, though another one runs', () => {
    const { view, readiness } = running()
    view.ended({ how: 'failed', at: 0 })
    expect(readiness.look([view, running().view]).reasons).toEqual(['lake has failed: OTHER'])
  })
})
