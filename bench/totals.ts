/**
 * What running totals cost by the number of keys: `node bench/totals.ts [--quick] [--keys 10000000]`, on the built packages. Ten million payments from a file, of
 * a million keys and of ten, counted and summed by key with a log on disk. The last totals in the files are compared with those of DuckDB.
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Job } from './contestant.ts'
import { nodeCommand } from './peers/commands.ts'
import { literal, withDatabase } from './runner/database.ts'
import { circumstances, inWords } from './runner/machine.ts'
import { CACHE } from './runner/places.ts'
import { runOne } from './runner/run-one.ts'
import { printTable } from './shared/print.ts'

/** Lines in one write. */
const CHUNK = 50_000
const HALF_AN_HOUR = 1_800_000
/** Shares no factor with the numbers of keys, so that each key comes equally often, far from the one before. */
const STRIDE = 7_368_787

/** Payments as JSON Lines, made once under .cache/bench. */
async function paymentsFile(rows: number, keys: number): Promise<string> {
  const path = `${CACHE}/payments-${rows}-${keys}/payments.jsonl`
  if (existsSync(path)) return path
  await mkdir(join(path, '..'), { recursive: true })
  const file = await open(`${path}.half`, 'w')
  for (let from = 0; from < rows; from += CHUNK) {
    const lines = Array.from({ length: Math.min(CHUNK, rows - from) }, (_, j) => {
      const i = from + j
      const card = `card-${String((i * STRIDE) % keys).padStart(8, '0')}`
      return `{"card":"${card}","at":"${new Date(1_764_547_200_000 + i).toISOString()}","amount":${(i % 10_000) / 100}}\n`
    })
    await file.write(lines.join(''))
  }
  await file.close()
  await rename(`${path}.half`, path)
  return path
}

/** How many totals differ from what DuckDB finds in the payments. */
async function differences(input: string, out: string): Promise<number> {
  return withDatabase(async (db) => {
    const [found] = await db.rows(
      `WITH ours AS (SELECT card, payments, paid FROM read_parquet(${literal(`${out}/totals/**/*.parquet`)})
         QUALIFY row_number() OVER (PARTITION BY card ORDER BY revision DESC) = 1),
       theirs AS (SELECT card, count(*) AS payments, sum(amount) AS paid FROM read_json(${literal(input)}, columns = {card: 'VARCHAR', amount: 'DOUBLE'}) GROUP BY card)
       SELECT count(*) AS wrong FROM ours FULL JOIN theirs USING (card)
       WHERE ours.payments IS DISTINCT FROM theirs.payments OR abs(ours.paid - theirs.paid) > 0.001`,
    )
    return Number(found?.wrong)
  })
}

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, keys: { type: 'string' } } })
const rows = values.quick ? 200_000 : 10_000_000
const numbers = values.keys ? [Number(values.keys)] : [rows / 10, rows]
const before = circumstances()
const measured: Record<string, number>[] = []
for (const keys of numbers) {
  const input = await paymentsFile(rows, keys)
  const home = await mkdtemp(join(tmpdir(), 'tickets-totals-'))
  try {
    const job: Job<string> = { input, out: join(home, 'out'), scratch: join(home, 'scratch'), rows, id: 'totals' }
    await mkdir(job.out)
    await mkdir(job.scratch)
    const { seconds, memory } = await runOne(nodeCommand('../totals.job.ts', job), { timeout: HALF_AN_HOUR })
    const wrong = await differences(input, job.out)
    measured.push({ payments: rows, keys, 'payments/s': Math.round(rows / seconds), 'peak MiB': Math.round(memory / 2 ** 20), wrong })
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
}
console.log(inWords(before))
printTable(measured)
if (measured.some(({ wrong }) => wrong !== 0)) process.exitCode = 1
