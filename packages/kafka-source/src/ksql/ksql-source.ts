import { existsSync } from 'node:fs'
import { type Duration, isTicketsError, type Logger, millis, type Schema, type Source, TicketsError } from '@tickets/core'
import { logEvent, rowSchema, systemClock } from '@tickets/core/internal'
import { jsonLines } from '@tickets/core/node'
import { withHarmlessLogger } from '../connection/connection-options.ts'
import { type KsqlHeader, type KsqlRequest, queryStream } from './protocol.ts'
import { placeOf, rowMaker } from './rows.ts'
import { Spool, spoolPath, writeWhole } from './spool.ts'

/** Settings of `ksqlSource`. */
export interface KsqlSourceOptions<T> {
  readonly schema: Schema<T>
  /** Of the ksqlDB server, such as `http://localhost:8088`. */
  readonly url: string
  /** A pull query, or a push query (`EMIT CHANGES`) that selects ROWPARTITION and ROWOFFSET. */
  readonly query: string
  /** A folder for the rows that were read; it has to outlive the process as the log does. */
  readonly spool: string
  /** Names the one partition, `<topic>-0`; `ksql` by default. */
  readonly topic?: string
  readonly user?: string
  readonly password?: string
  /** Of the query, such as `{ 'ksql.query.pull.table.scan.enabled': 'true' }`. Push queries begin at the earliest row. */
  readonly properties?: Readonly<Record<string, string>>
  /** A push query without ROWPARTITION and ROWOFFSET: after each break all its rows come again. */
  readonly atLeastOnce?: boolean
  /** How long the server may take to answer; `1 minute` by default. */
  readonly answerWithin?: Duration
  /** How long a push query that breaks is asked again without a row before the source gives up; `1 minute` by default. */
  readonly retryFor?: Duration
  readonly logger?: Logger
}

const refuse = (message: string) => new TicketsError('OPTION_INVALID', message)

/**
 * Creates a source of the rows of a ksqlDB query. It writes them to a file (`spool`) before a pipeline reads them, since a query cannot be resumed at a
 * position. From that file on, everything is exactly once.
 *
 * A pull query is read once, as a whole, and is complete: its snapshot is the source, also for later runs. A push query never ends. Rows that come again
 * after a disconnect are recognised by ROWPARTITION and ROWOFFSET and skipped.
 *
 * @throws `OPTION_INVALID` at once; later `SOURCE_UNREACHABLE`, `SOURCE_FAILED` (what ksqlDB refuses), `SCHEMA_MISMATCH` (columns)
 * @example
 * ksqlSource({ schema: Ticket, url: 'http://localhost:8088', query: 'SELECT * FROM tickets;', spool: 'data/ksql' }).until // 'complete'
 */
export function ksqlSource<T>(options: KsqlSourceOptions<T>): Source<T, number> {
  const { schema, url, query, spool, topic = 'ksql', user, password = '' } = options
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw refuse('url is the address of a ksqlDB server, such as http://localhost:8088')
  const { username, password: inUrl } = new URL(url)
  if (username !== '' || inUrl !== '') throw refuse('give user and password as options: a url is told in errors')
  if (!/^\s*select\b/i.test(query)) throw refuse(`query is a SELECT, got ${JSON.stringify(query.slice(0, 60))}`)
  if (!/^[\w.-]+$/.test(topic)) throw refuse(`topic has letters, digits, _ . and - only, got ${JSON.stringify(topic)}`)
  if (rowSchema(schema) !== schema)
    throw refuse(
      `${schema.name} makes its rows of messages by \`map\`, columns of the message or \`keep\`, and a query gives rows: use a schema without these`,
    )
  const isPush = /\bemit\s+(changes|final)\b/i.test(query)
  const path = spoolPath(spool, topic, url, query)
  const request = (signal: AbortSignal): KsqlRequest => ({
    url,
    query,
    signal,
    properties: { ...(isPush ? { 'auto.offset.reset': 'earliest' } : {}), ...options.properties },
    authorization: user === undefined ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    answerWithin: millis(options.answerWithin ?? '1 minute', 'answerWithin'),
  })
  const lines = jsonLines(path, { schema, topic, complete: !isPush })
  const name = `ksql:${topic}`
  if (!isPush) {
    return {
      ...lines,
      name,
      async describe() {
        if (!existsSync(path)) await writeWhole(path, snapshot(options, request(new AbortController().signal)))
        return lines.describe()
      },
    }
  }
  return {
    ...lines,
    name,
    until: 'never',
    fixed: true,
    async describe() {
      if (!existsSync(path)) await writeWhole(path, none())
      return lines.describe()
    },
    async partitions(on) {
      const stop = new AbortController()
      const into = await Spool.open(path)
      const reading = follow(options, request(stop.signal), into).catch((error) => on.failed(error))
      const inner = await lines.partitions(on)
      return {
        async close() {
          stop.abort()
          await reading
          await into.close()
          await inner.close()
        },
      }
    },
  }
}

async function* none(): AsyncGenerator<string> {}

async function* snapshot<T>({ schema }: KsqlSourceOptions<T>, request: KsqlRequest): AsyncGenerator<string> {
  let make: ((line: string) => string) | undefined
  for await (const line of queryStream(request)) {
    if (make) yield make(line)
    else make = rowMaker(JSON.parse(line) as KsqlHeader, schema.name, schema.fields)
  }
}

/** How long before a push query that broke is asked again, in milliseconds; doubled up to the longest. */
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 10_000

/** Reads a push query into the spool for as long as it is wanted. */
async function follow<T>(options: KsqlSourceOptions<T>, request: KsqlRequest, spool: Spool): Promise<void> {
  const retryFor = millis(options.retryFor ?? '1 minute', 'retryFor')
  let pause = FIRST_PAUSE_MS
  let troubleSince: number | null = null
  while (!request.signal.aborted) {
    try {
      await once(options, request, spool, () => {
        troubleSince = null
        pause = FIRST_PAUSE_MS
      })
      // A push query with LIMIT, or a server that was stopped in order.
      if (/\blimit\s+\d+/i.test(request.query)) return
    } catch (error) {
      if (!isTicketsError(error) || !error.retryable) throw error
      troubleSince ??= Date.now()
      if (Date.now() - troubleSince >= retryFor) throw error
      const message = `the push query is asked again in ${pause} ms: ${error.message}`
      logEvent(withHarmlessLogger(options).logger, 'ksql.retried', { pauseMs: pause, code: error.code }, message)
    }
    await systemClock.sleep(pause, request.signal)
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
  }
}

async function once<T>({ schema, atLeastOnce = false }: KsqlSourceOptions<T>, request: KsqlRequest, spool: Spool, onRow: () => void): Promise<void> {
  let make: ((line: string) => string) | undefined
  let place: readonly [number, number] = [-1, -1]
  for await (const line of queryStream(request)) {
    if (!make) {
      const header = JSON.parse(line) as KsqlHeader
      make = rowMaker(header, schema.name, schema.fields)
      place = placeOf(header.columnNames)
      if (place.includes(-1) && !atLeastOnce)
        throw refuse(
          'a push query cannot continue where it broke unless it selects ROWPARTITION and ROWOFFSET: add them, or set atLeastOnce: true, with which all rows come again after each break',
        )
      continue
    }
    onRow()
    const values = JSON.parse(line) as unknown[]
    if (place.includes(-1) || spool.isNew(Number(values[place[0]]), Number(values[place[1]]))) await spool.add(make(line))
  }
}
