import { DuckDBInstance } from '@duckdb/node-api'

export type Row = Readonly<Record<string, unknown>>

export interface Database {
  rows(sql: string): Promise<Row[]>
  version: string
}

/** DuckDB in memory, UTC, for the time of `work`. This is what outputs are checked with. */
export async function withDatabase<R>(work: (db: Database) => Promise<R>): Promise<R> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as Row[]
    await connection.run(`SET TimeZone = 'UTC'`)
    const version = String((await rows('SELECT version() AS v'))[0]?.v)
    return await work({ rows, version })
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** A text as an SQL literal. */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
