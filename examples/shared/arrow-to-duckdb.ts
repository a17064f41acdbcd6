import { readFile } from 'node:fs/promises'
import { BIGINT, type DuckDBConnection, INTEGER, TIMESTAMPTZ, timestampTZValue, VARCHAR } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'

/** DuckDB reads Arrow files only with an extension that it has to download, so apache-arrow reads them, and its values go into a table. */
export async function loadArrow(
  db: DuckDBConnection,
  name: string,
  columns: Readonly<Record<string, string>>,
  files: readonly string[],
): Promise<void> {
  const types = Object.entries(columns)
  await db.run(`CREATE TABLE "${name}" (${types.map(([column, type]) => `"${column}" ${type}`).join(', ')})`)
  const appender = await db.createAppender(name)
  for (const file of files) {
    const table = tableFromIPC(await readFile(file))
    const vectors = types.map(([column]) => table.getChild(column))
    for (let row = 0; row < table.numRows; row++) {
      types.forEach(([, type], i) => {
        const value = vectors[i]?.get(row)
        if (value === null || value === undefined) appender.appendNull()
        else if (type === 'BIGINT') appender.appendValue(BigInt(value), BIGINT)
        else if (type === 'INTEGER') appender.appendValue(Number(value), INTEGER)
        else if (type === 'VARCHAR') appender.appendValue(String(value), VARCHAR)
        else appender.appendValue(timestampTZValue(BigInt(Number(value)) * 1000n), TIMESTAMPTZ)
      })
      appender.endRow()
    }
  }
  appender.closeSync()
}
