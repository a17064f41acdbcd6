import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generator, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import { afterEach, expect, test, vi } from 'vitest'
import { duck, folder, published } from '../../test/helpers.ts'

type Options = { readonly maxRowsPerFile?: number }

const TICKETS = 20_000
const QUIET = { info() {}, warn() {}, error() {}, debug() {} }

afterEach(() => void vi.unstubAllEnvs())

/** Runs a pipeline of ranges whose rows are encoded as they come, on threads that die before some of their jobs. Returns how many jobs there were. */
async function run(path: string, deaths: readonly number[], options: Options = {}): Promise<number> {
  const count = join(path, 'count')
  vi.stubEnv('COUNT', count)
  vi.stubEnv('DEATHS', deaths.join())
  // Threads are shared by what they run, so that each run has its own.
  const workerUrl = new URL(`./dying-worker.fixture.ts?${encodeURIComponent(path)}`, import.meta.url)
  await pipeline({
    name: 'lost',
    source: generator({ tickets: TICKETS, seed: 5, partitions: 1 }),
    log: commitLog(join(path, 'log')),
    range: { rows: 10_000 },
    logger: QUIET,
    flows: (tickets) => ({ all: tickets.pipe(into(parquetSink(join(path, 'all'), { workerUrl, ...options }))) }),
  }).run({ handleSignals: false })
  return existsSync(count) ? readFileSync(count).length : 0
}

const rowsIn = async (path: string) => {
  const [found] = await duck(`SELECT count(*)::INT AS rows, count(DISTINCT ticket_id)::INT AS ids FROM read_parquet('${path}/*.parquet')`)
  return found
}

test.each<[string, Options]>([
  ['a file a range', {}],
  ['several files a range', { maxRowsPerFile: 6000 }],
])(
  'a thread that dies before any of its jobs, once or twice, loses no row and doubles none: %s',
  async (_, options) => {
    const calm = await folder()
    const jobs = await run(calm, [], options)
    expect(jobs).toBeGreaterThan(4)
    const files = (await published(join(calm, 'all'))).length
    for (let at = 1; at <= jobs; at++) {
      const path = await folder()
      expect(await run(path, at % 2 ? [at] : [at, at + 3], options)).toBeGreaterThan(jobs)
      expect(await rowsIn(join(path, 'all')), `job ${at}`).toEqual({ rows: TICKETS, ids: TICKETS })
      expect(await published(join(path, 'all'))).toHaveLength(files)
    }
  },
  240_000,
)

test('a file that ends each thread stops the pipeline after its retries', async () => {
  const path = await folder()
  const always = Array.from({ length: 1000 }, (_, i) => i + 1)
  const failing = run(path, always)
  await expect(failing).rejects.toMatchObject({ code: 'ENCODER_FAILED' })
  expect(await published(join(path, 'all')).catch(() => [])).toEqual([])
}, 120_000)
