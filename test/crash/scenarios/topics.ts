import { setTimeout as sleep } from 'node:timers/promises'
import type { Run } from '../run.ts'
import type { Scenario } from './scenario.ts'
import { anyPoint } from './single.ts'

const at = (run: Run) => ({ topic: run.topic, brokers: run.bench.brokers.join(',') })

/** A worker is killed with some records made; then comes what makes it impossible to continue. */
async function begun(run: Run): Promise<void> {
  run.defaults = { pace: { rows: 60, ms: 10 } }
  const worker = await run.startAt({ at: 'published', nth: run.random.int(3, 6), how: 'report' })
  if (worker) await run.kill(worker)
  else run.errors.push('the worker ended before anything was disturbed')
}

const grown = (name: string, weight: number, begin: number): Scenario => ({
  name,
  weight,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.freshTopic({ partitions: 2, count: 300, seed: 11 })
    run.defaults = { pace: { rows: 30, ms: 30 } }
    const first = run.start({ until: 'never' })
    await first.hasPartitions()
    await sleep(random.int(0, 400))
    await run.bench.client.do({ do: 'grow', ...at(run), partitions: 4 })
    await run.bench.client.do({ do: 'make', ...at(run), seed: 11, count: 300, begin, only: [2, 3] })
    await run.bench.learn(run.topic)
    // Its joining makes the group look at the topic again.
    const second = run.start({ until: 'never', ...(random.chance(0.5) ? { point: anyPoint(random, 'report') } : {}) })
    await second.hasPartitions()
    await sleep(random.int(500, 2500))
    if (random.chance(0.5)) await run.kill(first)
    else first.signal('SIGTERM')
    await sleep(random.int(0, 1000))
  },
})

// Newer than what was shown by then, as it is where partitions are added in life.
const added = grown('partitions added at run time', 3, 300)
// The merge keeps what it has shown, so that these give revisions.
const addedOld = grown('partitions added with rows of windows that were shown', 2, 0)

const behind: Scenario = {
  name: 'a new partition hours behind the others',
  weight: 2,
  async run(run) {
    run.topic = await run.bench.freshTopic({ partitions: 2, count: 0, seed: 12 })
    await run.bench.client.do({ do: 'make', ...at(run), seed: 12, count: 300, begin: 20_000, only: [0, 1] })
    const first = run.start({ until: 'now' })
    await first.end
    await run.bench.client.do({ do: 'grow', ...at(run), partitions: 3 })
    await run.bench.client.do({ do: 'make', ...at(run), seed: 12, count: 400, only: [2] })
    await run.bench.client.do({ do: 'make', ...at(run), seed: 12, count: 100, begin: 20_300, only: [0, 1] })
    await run.bench.learn(run.topic)
    const worker = run.start({ until: 'never', point: anyPoint(run.random, 'report') })
    await worker.atPoint(4000)
    await run.kill(worker)
  },
}

const compacted: Scenario = {
  name: 'a compacted topic',
  weight: 2,
  async run(run) {
    const config = {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'segment.bytes': '1048576',
      'min.cleanable.dirty.ratio': '0.01',
      'max.compaction.lag.ms': '100',
    }
    run.topic = await run.bench.settledTopic({ partitions: 2, count: 800, keys: 300, poison: 0.02, seed: 13, config })
    await harmed(run)
  },
}

const transactional: Scenario = {
  name: 'a transactional topic with aborted messages',
  weight: 2,
  async run(run) {
    run.topic = await run.bench.topic({ partitions: 2, count: 500, transactional: true, seed: 14 })
    await harmed(run)
  },
}

async function harmed(run: Run): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const worker = await run.startAt(anyPoint(run.random, 'report'), { group: `${run.group}-${i}`, pace: { rows: 37, ms: 5 } })
    if (worker) await run.kill(worker)
  }
}

const recreated: Scenario = {
  name: 'the topic deleted and created again',
  weight: 2,
  async run(run) {
    run.topic = await run.bench.freshTopic({ count: 300, seed: 15 })
    await begun(run)
    await run.bench.client.do({ do: 'delete', ...at(run) })
    await sleep(500)
    await run.bench.client.do({ do: 'topic', ...at(run), partitions: 3 })
    await run.bench.client.do({ do: 'make', ...at(run), seed: 16, count: 500 })
    await run.mustStop(['SOURCE_CHANGED'])
  },
}

const recreatedLive: Scenario = {
  name: 'the topic deleted and created again under a running process',
  weight: 2,
  async run(run) {
    run.topic = await run.bench.freshTopic({ count: 300, seed: 15 })
    const codes = ['SOURCE_CHANGED', 'SOURCE_MISSING', 'POSITION_AHEAD']
    await run.mustStop(codes, { until: 'never', retryFor: 6000 }, async (worker) => {
      await worker.hasPartitions()
      await sleep(1500)
      await run.bench.client.do({ do: 'delete', ...at(run) })
      await sleep(500)
      await run.bench.client.do({ do: 'topic', ...at(run), partitions: 3 })
      // Shorter than our position, or longer: then only its id tells.
      await run.bench.client.do({ do: 'make', ...at(run), seed: 16, count: run.random.pick([100, 500]) })
    })
  },
}

const trimmed: Scenario = {
  name: 'the start of the topic beyond our position',
  weight: 2,
  async run(run) {
    run.topic = await run.bench.freshTopic({ count: 500, seed: 17 })
    await begun(run)
    await run.bench.client.do({ do: 'trim', ...at(run), to: [490, 490, 490] })
    await run.mustStop(['POSITION_GONE'])
  },
}

export const topics: readonly Scenario[] = [added, addedOld, behind, compacted, transactional, recreated, recreatedLive, trimmed]
