// Reads the files back with an engine that knows nothing of the pipeline.
import { existsSync, readdirSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'

const datasets = [
  { folder: 'data/revenue', files: '*.parquet', read: 'read_parquet' },
  { folder: 'data/revenue_json', files: '*.jsonl', read: 'read_json' }, //: json
  { folder: 'data/revenue_csv', files: '*.csv', read: 'read_csv' }, //: csv
]
const db = await (await DuckDBInstance.create()).connect()

for (const { folder, files, read } of datasets) {
  const isThere = existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(files.slice(1)))
  if (!isThere) {
    console.log(`${folder} has no ${files} yet`)
    continue
  }
  const from = `${read}('${folder}/${files}')`
  const [all] = await rowsOf(`SELECT count(*) AS rows FROM ${from}`)
  console.log(`DuckDB reads ${all?.rows} rows from ${folder}/${files}, here added up:`)
  console.table(
    await rowsOf(
      `SELECT city, sum(orders)::INT AS orders, sum(revenue::DECIMAL(18, 2))::VARCHAR AS revenue FROM ${from} GROUP BY city ORDER BY city`,
    ),
  )
}

async function rowsOf(sql: string) {
  return (await db.runAndReadAll(sql)).getRowObjectsJS()
}
