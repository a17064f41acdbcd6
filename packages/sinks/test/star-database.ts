import { Batch, type Schema, type Sink, type Staged } from '@tickets/core'
import { mysql } from '@tickets/sinks/mysql'
import { postgres } from '@tickets/sinks/postgres'
import type { SqlDatabase } from '../src/sql/connection/sql-database.ts'
import { ownDatabases } from './databases.ts'
import { range } from './helpers.ts'

/** A database of either kind, as the specs of star schemas read it. */
export interface StarDatabase {
  readonly what: string
  readonly database: () => SqlDatabase
  readonly query: (sql: string) => Promise<Record<string, unknown>[]>
  /** The names of all tables. */
  readonly tables: () => Promise<readonly string[]>
  /** Ends the connections that a crash has left open: a process that is dead holds none. */
  readonly bury: () => Promise<void>
  /** The exact text of a day or a decimal. */
  readonly text: (column: string) => string
}

/** The databases that can be had here, each of its own for a test file; empty where there is none. */
export async function starDatabases(what: string): Promise<readonly StarDatabase[]> {
  return (await ownDatabases(what)).map(({ kind, url, query, sessions, terminate }) => ({
    what: kind,
    database: () => (kind === 'mysql' ? mysql({ url }) : postgres({ url })),
    query,
    tables: async () => {
      const schema = kind === 'mysql' ? 'DATABASE()' : 'CURRENT_SCHEMA()'
      const found = await query(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${schema}`)
      return found.map(({ name }) => String(name))
    },
    bury: async () => {
      for (const session of await sessions()) await terminate(session)
    },
    text: (column: string) => (kind === 'mysql' ? `CAST(${column} AS CHAR)` : `${column}::text`),
  }))
}

/** Begins a log and commits ranges to a fact, each a list of rows. */
export async function writeRanges<T>(
  sink: Sink<T>,
  schema: Schema<T>,
  ranges: readonly (readonly T[])[],
  { logId = 'log1', task = 't-0', first = 0 } = {},
): Promise<void> {
  await begin(sink, logId)
  const writer = await sink.open({ logId, task, flow: 'f' }, schema)
  try {
    for (const [i, rows] of ranges.entries()) {
      const n = first + i
      await writer.write(Batch.of(schema, rows))
      // As the log gives it back.
      const staged = JSON.parse(JSON.stringify(await writer.stage(n, 'a', range(n, n + 1)))) as Staged
      await writer.publish(staged)
      await writer.sweep({ n, attempt: 'a' })
    }
  } finally {
    await writer.close()
  }
}

/** Begins a log. */
export async function begin<T>(sink: Sink<T>, id = 'log1'): Promise<void> {
  const prepared = (await sink.prepare?.({ id })) ?? { takesOver: false, remove: [] }
  await sink.begin?.({ id, ...prepared })
}

/** Drops all tables, facts before the dimensions that they refer to, so that a test begins with an empty database. */
export async function emptyDatabase({ query, tables }: StarDatabase): Promise<void> {
  const order = (name: string) => (name.startsWith('fact') ? 0 : 1)
  for (const name of [...(await tables())].sort((a, b) => order(a) - order(b))) await query(`DROP TABLE ${name}`)
}
