import { setTimeout as sleep } from 'node:timers/promises'
import type { PointName } from '../config.ts'
import type { Run } from '../run.ts'
import type { Scenario } from './scenario.ts'
import { anyPoint, recovery } from './single.ts'

/** Points around the commit of a table. */
const commits = ['before-table', 'after-table'] as const

/** Up to three workers one after the other, each killed at a point; the later ones also while they recover. `then` comes after each of them. */
export async function killAtPoints(run: Run, then: () => Promise<unknown> = async () => null, more: readonly PointName[] = []): Promise<void> {
  const { random } = run
  for (let i = 0; i < random.int(1, 3); i++) {
    const other = i > 0 && random.chance(0.5) ? recovery(random) : anyPoint(random, 'report')
    const point = more.length > 0 && random.chance(0.4) ? ({ at: random.pick(more), nth: random.int(1, 12), how: 'report' } as const) : other
    const worker = await run.startAt(point)
    if (!worker) continue
    await run.kill(worker)
    await then()
  }
}

/** A worker that stands still at a point until another has its partitions, and continues then. */
export async function freezeAndOvertake(run: Run, at: PointName): Promise<void> {
  const { random } = run
  const zombie = await run.startAt({ at, nth: random.int(1, 8), how: 'freeze', task: 'partition' })
  if (!zombie) return
  const other = run.start()
  await other.hasPartitions()
  await sleep(random.int(0, 2000))
  zombie.signal('SIGCONT')
  await Promise.race([Promise.all([zombie.end, other.end]), sleep(40_000)])
}

const toTopics: Scenario = {
  name: 'rows and dead letters to topics, killed at a point',
  weight: 8,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic({ poison: 0.1 })
    await run.sendToTopics()
    run.defaults = { pace: { rows: 40, ms: 1 }, rangeRows: random.pick([40, 80, 200]) }
    await killAtPoints(run)
  },
}

const topicsFrozen: Scenario = {
  name: 'rows and dead letters to topics, frozen and overtaken',
  weight: 4,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic({ poison: 0.1 })
    await run.sendToTopics()
    run.defaults = { rangeRows: 40, pace: { rows: 40, ms: 10 } }
    const at = random.pick(['staged', 'record-linked', 'recorded', 'before-publish', 'after-publish', 'before-sweep'] as const)
    await freezeAndOvertake(run, at)
  },
}

const lakeAndWarehouse: Scenario = {
  name: 'a lake in Hive partitions, compacted meanwhile, and a warehouse',
  weight: 10,
  needs: (run) => run.bench.databases.noMariadb(),
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    await run.sendToLakeAndWarehouse()
    run.defaults = { pace: { rows: 40, ms: 20 }, rangeRows: random.pick([40, 80, 200]) }
    const stopLooking = await run.watchLake()
    for (let i = 0; i < random.int(2, 4); i++) {
      const compactor = run.startCompactor()
      const point = random.chance(0.3) ? recovery(random) : anyPoint(random, 'report')
      const worker = random.chance(0.7) ? await run.startAt(point) : run.start()
      await sleep(random.int(0, 1500))
      if (random.chance(0.6)) await run.kill(compactor)
      if (worker) await run.kill(worker)
      if (random.chance(0.5)) await run.kill(compactor)
    }
    const last = [run.startCompactor(), run.start()]
    await Promise.race([last[1]?.end, sleep(30_000)])
    for (const process of last) await run.kill(process)
    await stopLooking()
  },
}

/** Points of a compaction after its record; at the last two a glob sees rows twice. */
const recorded = ['before-link', 'after-link', 'before-unstage'] as const

const compactionKilled: Scenario = {
  name: 'a compaction killed after its record, finished by the next start',
  weight: 6,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    run.lake = true
    run.compactsAtEnd = false
    run.defaults = { pace: { rows: 40, ms: 5 }, rangeRows: 40 }
    const stopLooking = await run.watchLake()
    for (let i = 0; i < random.int(1, 3); i++) {
      // Some files of each partition, so that there is something to merge.
      const worker = await run.startAt({ at: 'published', nth: random.int(12, 24), how: 'report' })
      const compactor = await run.startAt({ at: random.pick(recorded), nth: 1, how: 'report' }, { once: true }, 'compactor')
      if (compactor) await run.kill(compactor)
      if (worker) await run.kill(worker)
    }
    await stopLooking()
  },
}

const nestedAndExploded: Scenario = {
  name: 'nested rows in files, exploded ones in MariaDB and PostgreSQL, killed at a point',
  weight: 6,
  needs: async (run) => (await run.bench.databases.noMariadb()) ?? (await run.bench.databases.noPostgres()),
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    await run.sendNested()
    run.defaults = { pace: { rows: 40, ms: 1 }, rangeRows: random.pick([40, 80, 200]) }
    await killAtPoints(run)
  },
}

/** What runs write to beside their datasets. */
const asRows = (run: Run) => {
  run.tables = true
}
const byKey = (run: Run) => {
  run.keyed = true
}

const tablesKilled = (name: string, weight: number, write: (run: Run) => void, ranges: readonly number[]): Scenario => ({
  name,
  weight,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    write(run)
    const isPower = random.chance(0.5)
    if (isPower) run.recordChanges()
    run.defaults = { pace: { rows: 40, ms: 1 }, rangeRows: random.pick(ranges) }
    await killAtPoints(run, async () => isPower && run.losePower(), commits)
  },
})

const tablesFrozen = (name: string, write: (run: Run) => void, rangeRows: number, points: readonly PointName[]): Scenario => ({
  name,
  weight: 4,
  async run(run) {
    run.topic = await run.bench.topic()
    write(run)
    run.defaults = { rangeRows, pace: { rows: 40, ms: 10 } }
    await freezeAndOvertake(run, run.random.pick([...points, ...commits]))
  },
})

const tables: readonly Scenario[] = [
  tablesKilled('a Delta table and an Iceberg table, killed at a point or without power', 8, asRows, [40, 80, 200]),
  tablesFrozen('a Delta table and an Iceberg table, one process frozen and overtaken', asRows, 40, [
    'staged',
    'recorded',
    'before-publish',
    'before-link',
    'after-link',
    'after-publish',
  ]),
  tablesKilled('rows by key in Delta and Iceberg tables, killed at a point or without power', 6, byKey, [80, 200]),
  tablesFrozen('rows by key in Delta and Iceberg tables, one process frozen and overtaken', byKey, 80, [
    'recorded',
    'before-publish',
    'after-publish',
  ]),
]

export const targets: readonly Scenario[] = [toTopics, topicsFrozen, lakeAndWarehouse, compactionKilled, nestedAndExploded, ...tables]
