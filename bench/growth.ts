/**
 * What more tickets and more keys cost ours, from a file: `node bench/growth.ts [--quick] [--long] [--repeats 3] [--record]`, on the built packages.
 * 1 and 10 million tickets through the four outputs, 50 million with `--long`; then 5 million counted by day and client, 10 and 1,000,000 of them.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Command, Job } from './contestant.ts'
import { nodeCommand } from './peers/commands.ts'
import { saveResult } from './results.ts'
import { check } from './runner/check.ts'
import { literal, withDatabase } from './runner/database.ts'
import { type Input, ticketsFile } from './runner/input.ts'
import { circumstances, inWords } from './runner/machine.ts'
import { referenceOf } from './runner/reference.ts'
import { runOne, type Timing } from './runner/run-one.ts'
import { printTable } from './shared/print.ts'
import { type Spread, spread } from './shared/statistics.ts'

interface Case {
  readonly rows: number
  /** Different clients; absent for the four outputs. */
  readonly keys?: number
}

/** One row of bench/results/growth.json. */
export interface Grown extends Case {
  readonly rate: Spread
  readonly memory: Spread
  readonly runs: number
  /** Empty when the outputs are right. */
  readonly wrong: string
}

export interface GrowthResult {
  readonly circumstances: ReturnType<typeof circumstances>
  readonly grown: readonly Grown[]
}

const HALF_AN_HOUR = 1_800_000

/** Rows and keys of the last revisions of all windows. */
async function checkKeys(out: string, { rows, keys }: Case): Promise<readonly string[]> {
  return withDatabase(async (db) => {
    const [found] = await db.rows(
      `SELECT sum(tickets)::BIGINT AS rows, count(DISTINCT client_id) AS keys FROM (FROM read_parquet(${literal(`${out}/by_client/**/*.parquet`)})
       QUALIFY row_number() OVER (PARTITION BY window_start, client_id ORDER BY revision DESC) = 1)`,
    )
    return Number(found?.rows) === rows && Number(found?.keys) === keys ? [] : [`${found?.rows} rows of ${rows}, ${found?.keys} keys of ${keys}`]
  })
}

async function once(one: Case, input: Input): Promise<Timing & { wrong: readonly string[] }> {
  const home = await mkdtemp(join(tmpdir(), 'tickets-growth-'))
  try {
    const job: Job<string> = { input: input.path, out: join(home, 'out'), scratch: join(home, 'scratch'), rows: one.rows, id: 'growth' }
    await mkdir(job.out)
    await mkdir(job.scratch)
    const command: Command = one.keys === undefined ? nodeCommand('./ours.job.ts', job) : nodeCommand('../growth-keys.job.ts', job)
    const timing = await runOne(command, { timeout: HALF_AN_HOUR })
    const wrong = one.keys === undefined ? (await check(job.out, await referenceOf(input.path))).wrong : await checkKeys(job.out, one)
    return { ...timing, wrong }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    repeats: { type: 'string' },
  },
})
const scale = values.quick ? 0.02 : 1
const repeats = Number(values.repeats ?? (values.quick ? 1 : 3))
const cases: Case[] = [
  { rows: 1_000_000 * scale },
  { rows: 10_000_000 * scale },
  { rows: 5_000_000 * scale, keys: 10 },
  { rows: 5_000_000 * scale, keys: 1_000_000 * scale },
]
const before = circumstances()
const runs = new Map<Case, Awaited<ReturnType<typeof once>>[]>()
async function measure(one: Case): Promise<void> {
  const run = await once(one, await ticketsFile(one))
  runs.set(one, [...(runs.get(one) ?? []), run])
  console.error(
    `${one.rows.toLocaleString('en')} tickets${one.keys ? `, ${one.keys} keys` : ''}: ${run.seconds.toFixed(1)} s ${run.wrong.join('; ')}`,
  )
}
for (let repeat = 0; repeat < repeats; repeat++) for (const one of cases) await measure(one)
if (values.long) await measure({ rows: 50_000_000 * scale })

const grown = [...runs].map(([one, all]): Grown => {
  const of = (pick: (run: Timing) => number) => spread(all.map(pick))
  return {
    ...one,
    rate: of(({ seconds }) => one.rows / seconds),
    memory: of(({ memory }) => memory),
    runs: all.length,
    wrong: all.flatMap((r) => r.wrong).join('; '),
  }
})
console.log(inWords(before))
printTable(
  grown.map(({ rows, keys, rate, memory, wrong }) => ({
    tickets: rows,
    keys: keys ?? 'four outputs',
    'tickets/s': Math.round(rate.median),
    'peak MiB': Math.round(memory.median / 2 ** 20),
    wrong,
  })),
)
if (values.record) saveResult('growth', { circumstances: before, grown } satisfies GrowthResult)
if (grown.some(({ wrong }) => wrong !== '')) process.exitCode = 1
