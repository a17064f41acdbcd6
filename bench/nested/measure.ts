import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { warm } from '../runner/input.ts'
import { runOne, type Timing } from '../runner/run-one.ts'
import { type Spread, spread } from '../shared/statistics.ts'
import { type Kind, kinds, linesOf } from './rows.ts'

/** Rows a second of one kind, by the clock and by processor time. */
export interface NestedRate {
  readonly kind: Kind
  readonly rate: Spread
  readonly perCpuSecond: Spread
}

/** What nested rows cost against flat ones. */
export interface NestedCost {
  readonly rows: number
  readonly pairs: number
  readonly rates: readonly NestedRate[]
  /** Of each pair, the rows a second of nested ones as a part of those of flat ones. */
  readonly byClock: Spread
  readonly byProcessor: Spread
}

const TEN_MINUTES = 600_000
const JOB = fileURLToPath(new URL('./nested.job.ts', import.meta.url))

async function once(kind: Kind, rows: number): Promise<Timing> {
  const out = await mkdtemp(join(tmpdir(), 'tickets-nested-'))
  try {
    const input = await linesOf(kind, rows)
    await warm(input)
    return await runOne({ command: process.execPath, args: [JOB, kind, input, out] }, { timeout: TEN_MINUTES })
  } finally {
    await rm(out, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Runs pairs of a file of flat rows and one of nested rows to Parquet, in turns. */
export async function nestedCost(rows: number, pairs: number, say: (line: string) => void): Promise<NestedCost> {
  const runs: Record<Kind, Timing[]> = { flat: [], nested: [] }
  for (let pair = 0; pair < pairs; pair++)
    for (const kind of pair % 2 === 0 ? kinds : kinds.toReversed()) {
      const run = await once(kind, rows)
      runs[kind].push(run)
      say(`${kind}: ${run.seconds.toFixed(2)} s, ${run.cpu.toFixed(2)} s of processor time`)
    }
  const ratio = (of: (run: Timing) => number) => spread(runs.flat.map((flat, i) => of(flat) / of(runs.nested[i] as Timing)))
  const rates = kinds.map((kind) => ({
    kind,
    rate: spread(runs[kind].map(({ seconds }) => rows / seconds)),
    perCpuSecond: spread(runs[kind].map(({ cpu }) => rows / cpu)),
  }))
  return { rows, pairs, rates, byClock: ratio(({ seconds }) => seconds), byProcessor: ratio(({ cpu }) => cpu) }
}
