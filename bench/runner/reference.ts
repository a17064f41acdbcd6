import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { teams } from '@tickets/core'
import type { DATASETS } from '../contestant.ts'
import { type Database, literal, withDatabase } from './database.ts'

type Dataset = (typeof DATASETS)[number]

/** What DuckDB makes of an input, to hold the outputs against. */
export interface Reference {
  readonly duckdb: string
  /** Rows and a hash of all their values, whatever their order. */
  readonly rows: Readonly<Partial<Record<Dataset, Fingerprint>>>
  /** The largest event time, in epoch milliseconds. */
  readonly latest: number
  /** Parquet files with `start` in epoch milliseconds, `key`, `tickets`, `clients`. */
  readonly windows: Readonly<Partial<Record<Dataset, string>>>
}

export interface Fingerprint {
  readonly rows: number
  readonly hash: string
}

/** Datasets of windows, and what they are grouped by. */
export const WINDOWS = { tickets_by_type: 'request_type', tickets_by_priority: 'priority' } as const

/** Rows and hash of a dataset with the columns of an enriched ticket. */
export async function fingerprint(db: Database, from: string): Promise<Fingerprint> {
  const values = 'ticket_id, client_id, epoch_ms(created_at), request, request_type::VARCHAR, priority::VARCHAR, assigned_team::VARCHAR'
  const [found] = await db.rows(`SELECT count(*) AS rows, coalesce(sum(hash(${values})), 0)::VARCHAR AS hash FROM ${from}`)
  return { rows: Number(found?.rows), hash: String(found?.hash) }
}

/** DuckDB's own result for a file, kept beside it: made again for another version of DuckDB, whose hashes may differ. */
export async function referenceOf(input: string): Promise<Reference> {
  const folder = dirname(input)
  return withDatabase(async (db) => {
    const kept = `${folder}/reference.json`
    if (existsSync(kept)) {
      const reference = JSON.parse(await readFile(kept, 'utf8')) as Reference
      // It says where its windows are: a folder that was moved is looked at anew.
      if (reference.duckdb === db.version && Object.values(reference.windows).every((path) => dirname(path) === folder && existsSync(path)))
        return reference
    }
    const columns = `{ticket_id: 'VARCHAR', client_id: 'VARCHAR', created_at: 'TIMESTAMPTZ', request: 'VARCHAR', request_type: 'VARCHAR', priority: 'VARCHAR'}`
    const team = Object.entries(teams).map(([type, name]) => `WHEN ${literal(type)} THEN ${literal(name)}`)
    // A view, so that 50 million tickets need no memory.
    await db.rows(
      `CREATE VIEW tickets AS SELECT *, CASE request_type ${team.join(' ')} END AS assigned_team
       FROM read_json(${literal(input)}, format = 'newline_delimited', columns = ${columns})`,
    )
    const windows: Partial<Record<Dataset, string>> = {}
    for (const [dataset, by] of Object.entries(WINDOWS) as [keyof typeof WINDOWS, string][]) {
      windows[dataset] = `${folder}/${dataset}.parquet`
      await db.rows(
        `COPY (SELECT epoch_ms(created_at) // 60000 * 60000 AS start, ${by} AS key, count(*) AS tickets, count(DISTINCT client_id) AS clients
         FROM tickets GROUP BY ALL) TO ${literal(windows[dataset])} (FORMAT parquet)`,
      )
    }
    const reference: Reference = {
      duckdb: db.version,
      latest: Number((await db.rows('SELECT epoch_ms(max(created_at)) AS t FROM tickets'))[0]?.t),
      rows: {
        tickets_with_assignment: await fingerprint(db, 'tickets'),
        high_priority_tickets: await fingerprint(db, `(FROM tickets WHERE priority IN ('high', 'critical'))`),
      },
      windows,
    }
    await writeFile(`${kept}.half`, JSON.stringify(reference))
    await rename(`${kept}.half`, kept)
    return reference
  })
}
