import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DATASETS } from '../contestant.ts'
import { type Database, literal, withDatabase } from './database.ts'
import { DISORDER } from './input.ts'
import { fingerprint, type Reference, WINDOWS } from './reference.ts'

export interface Checked {
  /** What is wrong with the outputs; empty when they are right. */
  readonly wrong: readonly string[]
  /** Bytes of all Parquet files. */
  readonly bytes: number
  readonly files: number
}

async function sizeOf(out: string): Promise<{ bytes: number; files: number }> {
  const names = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.parquet'))
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(out, name))).size))
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: names.length }
}

async function checkRows(db: Database, files: string, expected: { rows: number; hash: string }): Promise<string[]> {
  const found = await fingerprint(db, files)
  if (found.rows !== expected.rows) return [`${found.rows} rows instead of ${expected.rows}`]
  return found.hash === expected.hash ? [] : ['the rows have other values']
}

/** Windows by the highest revision of each, where there are revisions. */
async function checkWindows(db: Database, files: string, by: string, latest: number, reference: string): Promise<string[]> {
  const columns = (await db.rows(`DESCRIBE SELECT * FROM ${files}`)).map(({ column_name }) => column_name)
  const last = columns.includes('revision') ? 'QUALIFY row_number() OVER (PARTITION BY window_start, k ORDER BY revision DESC) = 1' : ''
  const closed = `start + 60000 <= ${latest - DISORDER}`
  const [found] = await db.rows(
    `WITH ours AS (SELECT epoch_ms(window_start) AS start, ${by}::VARCHAR AS k, tickets, clients FROM ${files} ${last}),
          truth AS (FROM ${literal(reference)})
     SELECT (SELECT count(*) - count(DISTINCT (start, k)) FROM ours) AS twice,
            (SELECT count(*) FROM truth LEFT JOIN ours ON truth.start = ours.start AND key = k WHERE ${closed.replace('start', 'truth.start')} AND k IS NULL) AS missing,
            (SELECT count(*) FROM truth JOIN ours ON truth.start = ours.start AND key = k
             WHERE truth.tickets != ours.tickets OR truth.clients != ours.clients) AS different,
            (SELECT count(*) FROM ours ANTI JOIN truth ON truth.start = ours.start AND key = k) AS unknown`,
  )
  return Object.entries({ ...found }).flatMap(([what, n]) => (Number(n) > 0 ? [`${n} windows ${what}`] : []))
}

/** Holds the outputs of a run against DuckDB's own result. */
export async function check(out: string, reference: Reference): Promise<Checked> {
  const wrong = await withDatabase(async (db) => {
    const all: string[] = []
    for (const dataset of DATASETS) {
      const glob = `${literal(join(out, dataset, '**/*.parquet'))}`
      const say = (problems: readonly string[]) => all.push(...problems.map((problem) => `${dataset}: ${problem}`))
      if (!existsSync(join(out, dataset))) {
        say(['is not there'])
        continue
      }
      try {
        const files = `read_parquet(${glob}, union_by_name = true, hive_partitioning = false)`
        const { rows, windows, latest } = reference
        const expected = rows[dataset]
        if (expected) say(await checkRows(db, files, expected))
        else if (dataset in WINDOWS) say(await checkWindows(db, files, WINDOWS[dataset as keyof typeof WINDOWS], latest, String(windows[dataset])))
        const codecs = await db.rows(`SELECT DISTINCT compression AS c FROM parquet_metadata(${glob}) WHERE num_values > 0`)
        const others = codecs.map(({ c }) => c).filter((c) => c !== 'SNAPPY')
        if (others.length > 0) say([`compression is ${others.join(', ')}, not SNAPPY`])
      } catch (error) {
        say([(error as Error).message.split('\n')[0] ?? 'cannot be read'])
      }
    }
    return all
  })
  return { wrong, ...(await sizeOf(out)) }
}
