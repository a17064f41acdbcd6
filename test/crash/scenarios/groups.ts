import { setTimeout as sleep } from 'node:timers/promises'
import type { Point } from '../config.ts'
import type { WorkerProcess } from '../process.ts'
import type { Run } from '../run.ts'
import type { Scenario } from './scenario.ts'

const isDone = (worker: WorkerProcess) => worker.said.some((said) => 'done' in said && said.done === 'done')

/** Waits for workers to end by themselves. */
export async function allEnd(run: Run, workers: readonly WorkerProcess[], ms: number): Promise<void> {
  const late = sleep(ms).then(() => true)
  if (await Promise.race([Promise.all(workers.map(({ end }) => end)).then(() => false), late])) {
    for (const worker of workers.filter(({ ended }) => !ended)) {
      run.errors.push(`a worker did not end in ${ms} ms: ${JSON.stringify(worker.said.slice(-4))} ${worker.stderr}`)
      await run.kill(worker)
    }
  }
}

/** Runs three to five processes for `ms` milliseconds and keeps killing, freezing or stopping one of them. */
async function harm(run: Run, ms: number): Promise<void> {
  const { random } = run
  const most = random.int(3, 5)
  const alive = () => run.workers.filter(({ ended }) => !ended)
  const until = Date.now() + ms
  for (let i = 0; i < 3; i++) run.start()
  while (Date.now() < until && !run.workers.some(isDone)) {
    await sleep(random.int(200, 900))
    const here = alive()
    const one = random.pick(here)
    const what = random.pick(['join', 'join', 'kill', 'leave', 'freeze'] as const)
    if ((what === 'join' || here.length === 0) && here.length < most) run.start()
    else if (what === 'kill' && one) await run.kill(one)
    else if (what === 'leave') one?.signal('SIGTERM')
    else if (what === 'freeze' && one) {
      one.signal('SIGSTOP')
      setTimeout(() => one.signal('SIGCONT'), random.int(500, 3000))
    }
  }
  run.note(`${run.workers.length} processes in ${Math.round((Date.now() - until + ms) / 1000)} s`)
}

const crowd: Scenario = {
  name: '3 to 5 processes that join, leave, freeze and are killed',
  weight: 8,
  async run(run) {
    run.topic = await run.bench.topic({ count: 500, partitions: 6 })
    run.defaults = { pace: { rows: 25, ms: 150 }, rangeRows: 50 }
    await harm(run, 10_000)
  },
}

const longCrowd: Scenario = {
  name: 'the same for minutes',
  weight: 1,
  async run(run) {
    run.topic = await run.bench.topic({ count: 5000, partitions: 6 })
    run.defaults = { pace: { rows: 20, ms: 250 }, rangeRows: 100 }
    await harm(run, 150_000)
  },
}

/** Where a frozen process wakes up believing that the partition is still its own. */
const asleep: readonly Point['at'][] = [
  'before-stage',
  'staged',
  'record-unlinked',
  'record-linked',
  'recorded',
  'before-link',
  'before-unstage',
  'before-sweep',
  'mid-file',
]

const frozen: Scenario = {
  name: 'frozen beyond its session, then woken',
  weight: 8,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    run.defaults = { rangeRows: 40, pace: { rows: 40, ms: 10 } }
    const point: Point = {
      at: random.pick(asleep),
      nth: random.int(1, 12),
      how: 'freeze',
      task: random.pick(['partition', 'partition', 'merge'] as const),
    }
    const zombie = await run.startAt(point)
    if (!zombie) return
    const other = run.start()
    // Woken when the other has its partitions, or only when all is done and old records are pruned.
    if (random.chance(0.5)) await Promise.race([other.end, sleep(20_000)])
    else {
      await other.hasPartitions()
      await sleep(random.int(0, 600))
    }
    zombie.signal('SIGCONT')
    await allEnd(run, [zombie, other], 120_000)
  },
}

const pruned: Scenario = {
  name: 'frozen until its number was pruned',
  weight: 3,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    // So many small ranges that the other commits, and prunes, far beyond it.
    run.defaults = { rangeRows: 20, pace: { rows: 20, ms: 2 } }
    const zombie = await run.startAt({ at: 'before-folder', task: 'partition', nth: random.int(16, 60), how: 'freeze' })
    if (!zombie) return
    // It cuts its ranges elsewhere: a record of the same number has other rows, so that one made twice shows.
    const other = run.start({ group: `${run.group}-other`, rangeRows: random.int(11, 17) })
    await Promise.race([other.end, sleep(30_000)])
    zombie.signal('SIGCONT')
    await allEnd(run, [zombie, other], 120_000)
  },
}

const byHand: Scenario = {
  name: 'two processes with the same partitions by hand',
  weight: 8,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic({ count: 400 })
    run.defaults = { rangeRows: random.pick([20, 40]), pace: { rows: 20, ms: random.int(1, 15) } }
    // Groups of their own: the broker gives each of them everything.
    const points = [random.chance(0.5) ? ({ at: random.pick(asleep), nth: random.int(1, 15), how: 'freeze' } as const) : undefined, undefined]
    const workers = points.map((point, i) => run.start({ group: `${run.group}-hand${i}`, ...(point ? { point } : {}) }))
    const [first] = workers
    if (points[0] && first && (await first.atPoint())) {
      await sleep(random.int(50, 1500))
      first.signal('SIGCONT')
    }
    await allEnd(run, workers, 120_000)
  },
}

const merge: Scenario = {
  name: 'the merge killed between record and publish, another takes it over',
  weight: 5,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    run.defaults = { pace: { rows: 50, ms: 30 } }
    const at = random.pick(['recorded', 'record-linked', 'before-link', 'after-link'] as const)
    const first = await run.startAt({ at, task: 'merge', nth: random.int(1, 4), how: 'report' })
    if (!first) return
    const other = run.start()
    await sleep(random.int(0, 500))
    await run.kill(first)
    await allEnd(run, [other], 120_000)
  },
}

const slow: Scenario = {
  name: 'a sink slower than the session timeout',
  weight: 2,
  async run(run) {
    run.topic = await run.bench.topic({ count: 300 })
    run.defaults = { slowSink: 2500, rangeRows: 300 }
    const workers = [run.start(), run.start()]
    await allEnd(run, workers, 120_000)
    for (const worker of workers) {
      const times = worker.said.filter((said) => 'assigned' in said).length
      // Two joins make a few rebalances; a loop would make one every session.
      if (times > 4) run.errors.push(`partitions were assigned ${times} times while the sink was slow`)
    }
  },
}

export const groups: readonly Scenario[] = [crowd, longCrowd, frozen, pruned, byHand, merge, slow]
