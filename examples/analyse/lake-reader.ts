import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { TicketsError } from '@tickets/core'
import { files } from '@tickets/sinks'
import type { Answer, Answers } from './questions.ts'

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
const needed = ['ticket_id', 'client_id', 'created_at', 'request_type', 'priority', 'assigned_team']

async function ask(db: DuckDBConnection, sql: string): Promise<Answer> {
  const result = await db.runAndReadAll(sql)
  const types = result.columnTypes().map(String)
  const value = (given: unknown, column: number) => {
    if (given instanceof Date) return types[column] === 'DATE' ? given.toISOString().slice(0, 10) : given.toISOString()
    return typeof given === 'bigint' ? Number(given) : (given as string | number | null)
  }
  return { columns: result.columnNames(), rows: result.getRowsJS().map((row) => row.map(value)) }
}

/**
 * Opens a dataset of Parquet files in DuckDB as the view `tickets`: the files that are current, with the columns of their partitions.
 *
 * @throws `SCHEMA_MISMATCH` where a column that the questions ask for is missing
 */
export async function openLake(lake: string): Promise<Answers & { close(): void }> {
  const parquet = (await files(lake)).filter((path) => path.endsWith('.parquet'))
  if (parquet.length === 0) throw new TicketsError('TARGET_UNUSABLE', `${lake} holds no Parquet files: give the folder of a parquetSink as --lake`)
  const db = await (await DuckDBInstance.create()).connect()
  // Days and hours are those of UTC, as in the warehouse.
  await db.run(`SET TimeZone = 'UTC'`)
  await db.run(`CREATE VIEW tickets AS FROM read_parquet([${parquet.map(quote).join(', ')}], hive_partitioning = true, union_by_name = true)`)
  const { rows } = await ask(db, 'SELECT column_name FROM (DESCRIBE tickets)')
  const missing = needed.filter((name) => !rows.some(([column]) => column === name))
  if (missing.length > 0) {
    db.closeSync()
    throw new TicketsError(
      'SCHEMA_MISMATCH',
      `${lake} has no column ${missing.join(', ')}: write it from tickets.pipe(assignTeam(), into(parquetSink(…)))`,
    )
  }
  return { ask: (sql) => ask(db, sql), close: () => db.closeSync() }
}
