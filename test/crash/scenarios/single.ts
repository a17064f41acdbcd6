import { setTimeout as sleep } from 'node:timers/promises'
import type { Point, PointName } from '../config.ts'
import type { Random } from '../random.ts'
import type { Run } from '../run.ts'
import type { Scenario } from './scenario.ts'

/** Points that are passed in the middle of a run, and how often about. */
const often: readonly PointName[] = [
  'before-stage',
  'before-file',
  'mid-file',
  'file-unsynced',
  'before-link',
  'after-link',
  'before-unstage',
  'before-sweep',
]
const ranges: readonly PointName[] = [
  'staged',
  'record-half',
  'record-unlinked',
  'record-linked',
  'recorded',
  'before-publish',
  'after-publish',
  'published',
  'offset-committed',
]
const snapshots: readonly PointName[] = ['mid-snapshot', 'snapshot-unsynced', 'mid-cleanup']
const beginnings: readonly PointName[] = ['after-begin', 'taking', 'opening']
const recoveries: readonly PointName[] = [
  'before-publish',
  'after-publish',
  'before-link',
  'after-link',
  'before-unstage',
  'before-sweep',
  'mid-cleanup',
  'opening',
  'after-begin',
]
/** What leaves the head unpublished, so that recovery has something to do. */
const unpublished: readonly PointName[] = ['recorded', 'before-publish', 'before-link', 'after-link', 'record-linked']

/** A point in the middle of the run; every kind has its turn. */
export function anyPoint(random: Random, how: Point['how']): Point {
  const at = random.pick(random.pick([often, ranges, ranges, snapshots, beginnings]))
  const once: readonly PointName[] = ['after-begin', 'mid-snapshot', 'snapshot-unsynced']
  const most = once.includes(at) ? 1 : often.includes(at) ? 24 : ranges.includes(at) ? 7 : 4
  // Only tasks commit offsets, open the source and have large states here.
  const both = !['published', 'offset-committed', 'opening', 'after-begin', 'taking', 'mid-snapshot', 'snapshot-unsynced'].includes(at)
  const task = both ? random.pick(['merge', 'partition'] as const) : undefined
  return { at, nth: random.int(1, task === 'merge' ? Math.min(most, 5) : most), how, ...(task ? { task } : {}) }
}

/** Several ranges a partition, so that there is a middle. */
const small = (random: Random) => ({ pace: { rows: 40, ms: 1 }, rangeRows: random.pick([40, 80, 200]) })

export const recovery = (random: Random): Point => ({ at: random.pick(recoveries), phase: 'recovery', nth: random.int(1, 3), how: 'report' })

/** The same group means waiting for the dead member's session; both ways must be right. */
const groupOf = (run: Run, i: number, own: boolean) => (own ? {} : { group: `${run.group}-${i}` })

const killed: Scenario = {
  name: 'one process, killed at a point',
  weight: 10,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic({ huge: random.chance(0.6) })
    const own = random.chance(0.25)
    run.defaults = small(random)
    for (let i = 0; i < random.int(1, 3); i++) {
      const worker = await run.startAt(anyPoint(random, 'report'), groupOf(run, i, own))
      if (worker) await run.kill(worker)
    }
  },
}

const twice: Scenario = {
  name: 'killed, then killed in recovery, twice',
  weight: 10,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic({ huge: random.chance(0.6) })
    run.defaults = small(random)
    const first = { at: random.pick(unpublished), nth: random.int(1, 6), how: 'report', task: random.pick(['partition', 'merge'] as const) } as const
    const worker = await run.startAt(first, groupOf(run, 0, false))
    if (worker) await run.kill(worker)
    for (let i = 1; i < 3; i++) {
      const again = await run.startAt(recovery(random), groupOf(run, i, false))
      if (again) await run.kill(again)
    }
  },
}

const random: Scenario = {
  name: 'one process, killed at random times',
  weight: 6,
  async run(run) {
    run.topic = await run.bench.topic({ huge: run.random.chance(0.5) })
    run.defaults = { pace: { rows: 60, ms: 15 } }
    for (let i = 0; i < run.random.int(2, 4); i++) {
      const worker = run.start(groupOf(run, i, false))
      await Promise.race([sleep(run.random.int(300, 1400)), worker.end])
      await run.kill(worker)
    }
  },
}

const terminated: Scenario = {
  name: 'SIGTERM at a point, then SIGKILL',
  weight: 6,
  async run(run) {
    run.topic = await run.bench.topic()
    run.allowed = ['DRAIN_DEADLINE']
    for (let i = 0; i < 2; i++) {
      const how = run.random.pick(['term', 'hang'] as const)
      const worker = await run.startAt(anyPoint(run.random, how), {
        ...groupOf(run, i, false),
        drainTimeout: 300,
        pace: { rows: 50, ms: 10 },
        rangeRows: 50,
      })
      if (!worker) continue
      await Promise.race([sleep(run.random.int(0, 700)), worker.end])
      await run.kill(worker)
    }
  },
}

const power: Scenario = {
  name: 'one process, loss of power at a point',
  weight: 12,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic({ huge: random.chance(0.6) })
    run.recordChanges()
    run.defaults = small(random)
    for (let i = 0; i < random.int(1, 3); i++) {
      const point = random.chance(0.3) ? recovery(random) : anyPoint(random, 'report')
      const worker = await run.startAt(point, groupOf(run, i, random.chance(0.2)))
      if (!worker) continue
      await run.kill(worker)
      await run.losePower()
    }
  },
}

export const single: readonly Scenario[] = [killed, twice, random, terminated, power]
