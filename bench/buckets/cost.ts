import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Job } from '../contestant.ts'
import { nodeCommand } from '../peers/commands.ts'
import { check } from '../runner/check.ts'
import { type Input, ticketsFile, warm } from '../runner/input.ts'
import { referenceOf } from '../runner/reference.ts'
import { runOne, type Timing } from '../runner/run-one.ts'
import { type Spread, spread } from '../shared/statistics.ts'
import type { BenchBucket } from './bucket.ts'

/** Where the files and the log of a job lie. */
export const KINDS = ['local disk', 'bucket'] as const
export type Kind = (typeof KINDS)[number]

/** What a job took with its files in one place. */
export interface PlaceCost {
  readonly kind: Kind
  /** Processor time of the whole process, user and system, in seconds. */
  readonly cpu: Spread
  /** From the start of the work to the last file, in seconds. */
  readonly seconds: Spread
}

/** What the bucket costs against the local disk. */
export interface BucketCost {
  readonly rows: number
  readonly rounds: number
  readonly places: readonly PlaceCost[]
  /** Of each round, the processor time with the bucket divided by that with the disk. */
  readonly ratio: Spread
}

const TEN_MINUTES = 600_000

/** Runs the job once. Rejects where its output differs from DuckDB's. */
async function once(kind: Kind, input: Input, bucket: BenchBucket, run: number): Promise<Timing> {
  const home = await mkdtemp(join(tmpdir(), 'tickets-buckets-'))
  const [out, scratch] = [join(home, 'out'), join(home, 'scratch')]
  try {
    const names = kind === 'bucket' ? { out: bucket.place(`${run}/out`), scratch: bucket.place(`${run}/scratch`) } : { out, scratch }
    const job: Job<string> = { input: input.path, ...names, rows: input.rows, id: `buckets-${run}` }
    await warm(input.path)
    const timing = await runOne(nodeCommand('./ours.job.ts', job), { timeout: TEN_MINUTES })
    if (kind === 'bucket') await bucket.take(`${run}/`, home)
    const { wrong } = await check(out, await referenceOf(input.path))
    if (wrong.length > 0) throw new Error(`${kind}: ${wrong.join('; ')}`)
    return timing
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Runs the job of the benchmark with its files on the local disk and in a bucket, in turns. */
export async function bucketCost(bucket: BenchBucket, rows: number, rounds: number, say: (line: string) => void): Promise<BucketCost> {
  const input = await ticketsFile({ rows })
  const runs: Record<Kind, Timing[]> = { 'local disk': [], bucket: [] }
  for (let round = 0; round < rounds; round++)
    for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
      const timing = await once(kind, input, bucket, round)
      runs[kind].push(timing)
      say(`${kind}: ${timing.seconds.toFixed(2)} s, ${timing.cpu.toFixed(2)} s of processor time`)
    }
  const places = KINDS.map((kind) => ({
    kind,
    cpu: spread(runs[kind].map(({ cpu }) => cpu)),
    seconds: spread(runs[kind].map(({ seconds }) => seconds)),
  }))
  const ratio = spread(runs['local disk'].map((disk, i) => (runs.bucket[i] as Timing).cpu / disk.cpu))
  return { rows, rounds, places, ratio }
}
