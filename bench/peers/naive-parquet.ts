import { mkdirSync, writeFileSync } from 'node:fs'
import { Int64, Table, TimestampMillisecond, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow'
import { Compression, Table as WasmTable, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm'

type Value = string | number | Date
export type NaiveRow = { readonly [column: string]: Value }

function vectorOf(values: readonly (Value | undefined)[]) {
  const [first] = values
  if (first instanceof Date) return vectorFromArray(values as readonly Date[], new TimestampMillisecond('UTC'))
  if (typeof first === 'number')
    return vectorFromArray(
      values.map((value) => BigInt(value as number)),
      new Int64(),
    )
  return vectorFromArray(values as readonly string[], new Utf8())
}

/** Rows as an Arrow table: an array a column, then `vectorFromArray`. Columns as in the first row. */
export function columnsOf(rows: readonly object[]): Table {
  const names = Object.keys(rows[0] ?? {})
  return new Table(Object.fromEntries(names.map((name) => [name, vectorOf(rows.map((row) => (row as NaiveRow)[name]))])))
}

/** Writes rows as one Parquet file with snappy. */
export function writeRows(folder: string, number: number, rows: readonly object[]): void {
  const table = WasmTable.fromIPCStream(tableToIPC(columnsOf(rows), 'stream'))
  const properties = new WriterPropertiesBuilder().setCompression(Compression.SNAPPY).build()
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/${number}.parquet`, writeParquet(table, properties))
}
