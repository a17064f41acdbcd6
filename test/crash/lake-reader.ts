import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** What `files(dir)` of the built packages gives. */
export type ListFiles = (dir: string) => Promise<readonly string[]>

/** A file may go when it is compacted, after it was listed: then one reads again. */
const isGone = (error: unknown) =>
  /No such file|No files found|Cannot open file|Could not open|does not exist|there is no dataset/.test(String(error))

/**
 * Reads a dataset of tickets with DuckDB while it is written and compacted: by `files(dir)`, each row once and never fewer than before; by a
 * glob, never fewer than before.
 */
export class LakeReader {
  readonly #connection: DuckDBConnection
  readonly #dir: string
  readonly #list: ListFiles
  #most = 0
  looks = 0
  readonly wrong: string[] = []

  private constructor(connection: DuckDBConnection, dir: string, list: ListFiles) {
    this.#connection = connection
    this.#dir = dir
    this.#list = list
  }

  static async open(home: string, list: ListFiles): Promise<LakeReader> {
    return new LakeReader(await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect(), join(home, 'lake', 'tickets'), list)
  }

  async look(): Promise<void> {
    try {
      const before = this.#most
      const paths = await this.#list(this.#dir)
      // Before record 0 is published there is a folder, and nothing in it.
      const exact = paths.length === 0 ? { rows: 0, tickets: 0 } : await this.#count(`[${paths.map((path) => `'${path}'`).join(', ')}]`)
      if (exact.rows !== exact.tickets) this.wrong.push(`files(dir) gives ${exact.rows} rows of ${exact.tickets} tickets`)
      if (exact.tickets < before) this.wrong.push(`files(dir) gives ${exact.tickets} tickets after ${before}`)
      this.#most = Math.max(this.#most, exact.tickets)
      const globbed = await this.#count(`'${join(this.#dir, '**', '*.parquet')}'`)
      if (globbed.tickets < this.#most) this.wrong.push(`a glob gives ${globbed.tickets} tickets after ${this.#most}`)
      this.looks++
    } catch (error) {
      if (!isGone(error)) this.wrong.push(String(error).slice(0, 300))
    }
  }

  async #count(from: string): Promise<{ rows: number; tickets: number }> {
    const sql = `SELECT count(*)::INTEGER AS n, count(DISTINCT ticket_id)::INTEGER AS tickets FROM read_parquet(${from}, hive_partitioning = true)`
    const [row] = (await this.#connection.runAndReadAll(sql)).getRowObjectsJS()
    return { rows: Number(row?.n), tickets: Number(row?.tickets) }
  }
}
