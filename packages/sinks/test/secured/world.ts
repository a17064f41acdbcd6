import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { into, type Logger, pipeline, type Sink } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { mysqlSink } from '@tickets/sinks/mysql'
import { postgresSink } from '@tickets/sinks/postgres'
import { expect, onTestFinished } from 'vitest'
import { localDatabase as localMariadb } from '../../../../test/mariadb/local.ts'
import { localDatabase as localPostgres } from '../../../../test/postgres/local.ts'
import type { Database } from '../../../../test/servers/database.ts'
import { Every, plain } from '../helpers.ts'
import { type SecuredDatabase, securedMariadb, securedPostgres, type User } from './server.ts'

/** How a sink reaches the server. */
export interface Access {
  readonly url: string
  readonly ssl?: boolean | object
}

/** A kind of server, with what the tests of both need. */
export interface SecuredKind {
  readonly kind: 'mysql' | 'postgres'
  start(): Promise<SecuredDatabase>
  /** A server that has no TLS. */
  plain(): Promise<Database>
  /** The sink of the table `tickets`, retrying a few seconds only. */
  sink(access: Access, key?: 'small'): Sink<Every>
  /** The table of the staged rows and the others, with the rights on each that the grants give. */
  readonly rights: Readonly<Record<string, readonly string[]>>
}

const options = { table: 'tickets', retryFor: '8 seconds' } as const
const rights = {
  _tickets_guard: ['SELECT', 'INSERT', 'UPDATE'],
  _tickets_owner: ['SELECT'],
  _tickets_staged: ['SELECT', 'INSERT', 'DELETE'],
  _tickets_rows: ['SELECT', 'INSERT', 'DELETE'],
  tickets: ['SELECT', 'INSERT', 'UPDATE'],
}

export const securedKinds: readonly SecuredKind[] = [
  {
    kind: 'mysql',
    start: securedMariadb,
    plain: () => localMariadb(['--skip-ssl']),
    sink: (access, key) => mysqlSink<Every>({ ...options, ...access, ...(key && { key }) }),
    rights,
  },
  {
    kind: 'postgres',
    start: securedPostgres,
    plain: () => localPostgres(),
    sink: (access, key) => postgresSink<Every>({ ...options, ...access, schema: 'support', ...(key && { key }) }),
    rights: { ...rights, _tickets_owner: ['SELECT', 'UPDATE'] },
  },
]

/** Returns how a user reaches the server: with the CA of the server unless `more` has another. */
export const access = (server: SecuredDatabase, user: User = 'tickets_writer', more: Partial<Access> = {}): Access => ({
  url: server.url(user),
  ssl: { ca: server.own.cert },
  ...more,
})

/** A pipeline that writes rows to the table `tickets` of an empty database, whose log outlives its runs. */
export async function writing({ sink }: SecuredKind, server: SecuredDatabase, key?: 'small') {
  await server.reset()
  const log = await mkdtemp(join(tmpdir(), 'tickets-secured-sql-'))
  onTestFinished(() => rm(log, { recursive: true, force: true }))
  const lines: string[] = []
  const note = (text: string, details?: object) => void lines.push(`${text} ${inspect(details, { depth: 8 })}`)
  const logger: Logger = { debug: note, info: note, warn: note, error: note }
  let sent = 0
  const written = async () => (await server.query('SELECT small FROM tickets ORDER BY small')).map((row) => Number(row.small))
  return {
    log,
    written,
    /** Adds rows to the source. */
    send(rows: number) {
      sent += rows
    },
    run: (access: Access) =>
      pipeline({
        name: 'secured',
        source: memorySource({
          schema: Every,
          partitions: [messagesOf(Array.from({ length: sent }, (_, small) => ({ ...plain, small })))],
          chunk: 7,
          until: 'now',
        }),
        log: commitLog(join(log, 'log')),
        logger,
        range: { rows: 10 },
        flows: (rows) => ({ all: rows.pipe(into(sink(access, key))) }),
      }).run({ handleSignals: false }),
    /** Expects that each row that was sent is in the table once, and that nothing is left staged. */
    async expectWhole() {
      expect(await written()).toEqual(Array.from({ length: sent }, (_, i) => i))
      expect(await server.query('SELECT n FROM _tickets_staged')).toEqual([])
    },
    /** Expects that nothing secret is in an error, a line of the log or a file of it. */
    async expectNoSecrets(secrets: readonly string[], errors: readonly unknown[]) {
      const texts = [...lines, ...errors.map((error) => inspect(error, { depth: 12, showHidden: true }) + JSON.stringify(error))]
      for (const file of await readdir(log, { recursive: true, withFileTypes: true }))
        if (file.isFile()) texts.push(await readFile(join(file.parentPath, file.name), 'latin1'))
      expect(texts.length).toBeGreaterThan(errors.length)
      for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([])
    },
  }
}
