import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sharedBroker } from '../broker/shared.ts'
import { sharedStore } from '../s3/shared.ts'
import { Bench } from './bench.ts'
import { Random } from './random.ts'
import { runOne } from './run-one.ts'
import { scenarios } from './scenarios/index.ts'

// A short campaign; `pnpm crash --runs 200` is the long one. Workers run the built packages.
const brokers = await sharedBroker('crashes of real processes')
const store = brokers && (await sharedStore('fenced', 'crashes of processes that share a bucket'))
const built = existsSync(new URL('../../packages/sinks/dist/index.js', import.meta.url))
if (brokers && !built) console.warn('Left out: crashes of real processes. They run the built packages: node scripts/build.ts')

const chosen = [
  'one process, killed at a point',
  'killed, then killed in recovery, twice',
  'one process, killed at random times',
  'SIGTERM at a point, then SIGKILL',
  'one process, loss of power at a point',
  'frozen beyond its session, then woken',
  'frozen until its number was pruned',
  'two processes with the same partitions by hand',
  'the merge killed between record and publish, another takes it over',
  'partitions added at run time',
  'the start of the topic beyond our position',
  'ENOSPC, EIO, EMFILE or EACCES at write, fsync, link or unlink',
  'a compaction killed after its record, finished by the next start',
  'two flows whose targets are two names of one folder',
  'the log restored from an older copy',
  'the log deleted and begun anew with overwrite while an old process lives',
  'a target deleted or unmounted while running, or between runs',
  'a staged file damaged after its record',
]
/** Of those that need an object store. */
const inBucket = ['two processes that share a bucket and no disk, one frozen beyond its session, then woken']
const none = { lost: 0, duplicated: 0, wrong_windows: 0, visible_too_early: 0, left_behind: 0, stopped: 0, details: [] }

describe.skipIf(!brokers || !built)('real processes that die', () => {
  let bench: Bench | null = null

  beforeAll(async () => {
    try {
      bench = await Bench.open(brokers ?? [], store)
    } catch (error) {
      if (process.env.CI === 'true') throw error
      console.warn(`Left out: crashes of real processes. ${error instanceof Error ? error.message : String(error)}`)
    }
  }, 180_000)
  afterAll(() => bench?.close())

  it.for(store ? [...chosen, ...inBucket] : chosen)('%s: each ticket once', { timeout: 240_000 }, async (name, { skip }) => {
    const scenario = scenarios.find((s) => s.name === name)
    if (!bench) return skip('no other Kafka client')
    if (!scenario) throw new Error(`no scenario is called ${name}`)
    const { problems, leftOut } = await runOne(bench, scenario, 1)
    expect(leftOut).toBeNull()
    expect(problems).toEqual(none)
  })

  it('seeds decide: the same one makes the same choices', () => {
    const draw = () => {
      const random = new Random(7)
      return Array.from({ length: 50 }, () => random.int(1, 1000))
    }
    expect(draw()).toEqual(draw())
    expect(new Set(draw()).size).toBeGreaterThan(40)
  })
})
