import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasJava } from '../broker/jars.ts'
import { type Case, isGood, lossyBroker } from './cases.ts'

const built = existsSync(new URL('../../packages/sinks/dist/index.js', import.meta.url))
const java = await hasJava()
if (!java && process.env.CI === 'true') throw new Error('The test of lost answers needs Java 17 or newer and Maven.')
if (!java || !built) console.warn('Left out: lost answers between client and broker. It needs Java 17 with Maven, and the built packages.')

/** What depends on the library that is no part of ours. */
const second: Case[] = [
  { api: 'metadata', call: 1, fate: 'after' },
  { api: 'offsetFetch', call: 1, fate: 'after' },
  { api: 'offsetCommit', call: 1, fate: 'swallow' },
  { api: 'joinGroup', call: 1, fate: 'after' },
  { api: 'heartbeat', call: 2, fate: 'swallow' },
]

/** Those that once lost rows, hung, or kept the process alive, and one of each kind. `all.ts` runs every API. */
const cases: Case[] = [
  { api: 'fetch', call: 2, fate: 'empty' },
  { api: 'fetch', call: 3, fate: 'mute' },
  { api: 'metadata', call: 1, fate: 'after' },
  { api: 'versions', call: 1, fate: 'before' },
  { api: 'listOffsets', call: 1, fate: 'after' },
  { api: 'offsetFetch', call: 1, fate: 'before' },
  { api: 'offsetFetch', call: 1, fate: 'after' },
  { api: 'offsetCommit', call: 1, fate: 'before' },
  { api: 'offsetCommit', call: 2, fate: 'after' },
  { api: 'offsetCommit', call: 1, fate: 'swallow' },
  { api: 'joinGroup', call: 1, fate: 'after' },
  ...second.map((one) => ({ ...one, driver: '@platformatic/kafka' as const })),
]

describe.skipIf(!java || !built)('an answer or a request that is lost between client and broker', () => {
  let broker: Awaited<ReturnType<typeof lossyBroker>>
  beforeAll(async () => {
    broker = await lossyBroker()
  }, 120_000)
  afterAll(() => broker?.stop())

  it.each(cases.map((one) => ({ driver: 'kafkajs' as const, ...one })))(
    'costs no row, and the process ends: $api, call $call, $fate, by $driver',
    { timeout: 150_000 },
    async (one) => {
      const outcome = await broker.run(one)
      expect(outcome).toMatchObject({ how: 'done', wrong: 0, rows: 4000, wasHit: true })
      expect(isGood(outcome)).toBe(true)
    },
  )
})
