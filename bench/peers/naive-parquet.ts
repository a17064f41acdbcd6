import { mkdirSync, writeFileSync } from 'node:fs'
import { Int64, Table, TimestampMillisecond, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow'
import { Compression, Table as WasmTable, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm'

export type NaiveRow = Readonly<Record<string, string | number | Date>>

function vectorOf(values: readonly (string | number | Date | undefined)[]) {
  const [first] = values
  if (first instanceof Date) return vectorFromArray(values as readonly Date[], new TimestampMillisecond('UTC'))
  if (typeof first === 'number')
    return vectorFromArray(
      values.map((value) => BigInt(value as number)),
      new Int64(),
    )
  return vectorFromArray(values as readonly string[], new Utf8())
}

/** Writes rows as one Parquet file with snappy: an array a column, then `vectorFromArray`, then parquet-wasm. */
export function writeRows(folder: string, number: number, rows: readonly NaiveRow[]): void {
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first).map((name) => [name, vectorOf(rows.map((row) => row[name]))] as const)
  const table = WasmTable.fromIPCStream(tableToIPC(new Table(Object.fromEntries(columns)), 'stream'))
  const properties = new WriterPropertiesBuilder().setCompression(Compression.SNAPPY).build()
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/${number}.parquet`, writeParquet(table, properties))
}
