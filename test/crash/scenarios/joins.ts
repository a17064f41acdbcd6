import type { Run } from '../run.ts'
import type { Scenario } from './scenario.ts'
import { freezeAndOvertake, killAtPoints } from './targets.ts'

const PARTITIONS = 3
const needs = async ({ bench }: Run) => (await bench.databases.noMariadb()) ?? (await bench.databases.noPostgres())

const killed: Scenario = {
  name: 'joins with a table and a stream, and totals in MariaDB, PostgreSQL and a topic, killed at a point',
  weight: 8,
  needs,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic({ byClient: true, partitions: PARTITIONS })
    await run.joinWithOthers(PARTITIONS)
    run.defaults = { pace: { rows: 40, ms: 1 }, rangeRows: random.pick([40, 80, 200]) }
    await killAtPoints(run)
  },
}

const frozen: Scenario = {
  name: 'joins with a table and a stream, and totals, one process frozen and overtaken',
  weight: 4,
  needs,
  async run(run) {
    run.topic = await run.bench.topic({ byClient: true, partitions: PARTITIONS })
    await run.joinWithOthers(PARTITIONS)
    run.defaults = { rangeRows: 80, pace: { rows: 40, ms: 10 } }
    await freezeAndOvertake(run, run.random.pick(['staged', 'recorded', 'before-publish', 'after-publish', 'before-sweep']))
  },
}

export const joins: readonly Scenario[] = [killed, frozen]
