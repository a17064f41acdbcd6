import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { FileFormat } from '@tickets/sinks'
import { loadArrow } from './arrow-to-duckdb.ts'

const text = 'VARCHAR'
const time = 'TIMESTAMP WITH TIME ZONE'
const many = 'BIGINT'
const ticket = { ticket_id: text, client_id: text, created_at: time, request: text, request_type: text, priority: text, assigned_team: text }
const window = { window_start: time, window_end: time }
const counts = { tickets: many, clients: many, revision: 'INTEGER' }

/** Columns and their types in DuckDB, for the formats whose files do not say. */
export const datasets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tickets_with_assignment: ticket,
  high_priority_tickets: ticket,
  tickets_by_type: { ...window, request_type: text, ...counts },
  tickets_by_priority: { ...window, priority: text, ...counts },
  metrics: {
    ...window,
    total_tickets: many,
    billing_count: many,
    technical_count: many,
    account_count: many,
    general_count: many,
    critical_priority_count: many,
    unique_clients: many,
    revision: 'INTEGER',
  },
  dead_letters: { topic: text, partition: text, position: many, timestamp: time, reason: text, key: text, value: text, encoding: text },
  late: { flow: text, operator: text, event_time: time, watermark: time, windows: text, position: many, row: text },
}

const quote = (path: string) => `'${path.replaceAll("'", "''")}'`
const declared = (columns: Readonly<Record<string, string>>) =>
  `{${Object.entries(columns)
    .map(([name, type]) => `"${name}": '${type}'`)
    .join(', ')}}`

const readers: Readonly<Record<Exclude<FileFormat, 'arrow'>, (path: string, columns: Readonly<Record<string, string>>) => string>> = {
  parquet: (path) => `read_parquet(${quote(join(path, '*.parquet'))})`,
  json: (path, columns) => `read_json(${quote(join(path, '*.jsonl'))}, format = 'newline_delimited', columns = ${declared(columns)})`,
  csv: (path, columns) =>
    `read_csv(${quote(join(path, '*.csv'))}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false, max_line_size = 16000000, columns = ${declared(columns)})`,
}

/** Opens the datasets below `output` in DuckDB, each under its name; of the windows only their last revision. */
export async function openOutput(output: string, format: FileFormat): Promise<DuckDBConnection> {
  const db = await (await DuckDBInstance.create()).connect()
  await db.run(`SET TimeZone = 'UTC'`)
  for (const [name, columns] of Object.entries(datasets)) {
    const path = join(output, name)
    const revised = 'revision' in columns
    const all = revised ? `all_${name}` : name
    if (format === 'arrow') await loadArrow(db, all, columns, await arrowFiles(path))
    else await db.run(`CREATE VIEW "${all}" AS FROM ${readers[format](path, columns)}`)
    if (revised) {
      const key = Object.keys(columns).filter((column) => ['window_start', 'window_end', 'request_type', 'priority'].includes(column))
      await db.run(`CREATE VIEW "${name}" AS FROM "${all}" QUALIFY row_number() OVER (PARTITION BY ${key.join(', ')} ORDER BY revision DESC) = 1`)
    }
  }
  return db
}

async function arrowFiles(path: string): Promise<string[]> {
  return (await readdir(path)).filter((name) => name.endsWith('.arrow')).map((name) => join(path, name))
}

/** The rows that a query gives, as plain objects; integers as numbers. */
export async function rowsOf(db: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  const reader = await db.runAndReadAll(sql)
  return reader.getRowObjectsJS().map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, typeof v === 'bigint' ? Number(v) : v])))
}
