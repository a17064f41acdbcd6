import { connect } from 'node:http2'
import { isTicketsError, TicketsError } from '@tickets/core'

/** What a query is asked with. */
export interface KsqlRequest {
  readonly url: string
  readonly query: string
  readonly properties: Readonly<Record<string, string>>
  /** `Basic …` or `Bearer …`. */
  readonly authorization: string | undefined
  /** How long the server may say nothing before its first line, in milliseconds. */
  readonly answerWithin: number
  readonly signal: AbortSignal
}

/** The first line of an answer. */
export interface KsqlHeader {
  /** Push queries only. */
  readonly queryId?: string
  readonly columnNames: readonly string[]
  readonly columnTypes: readonly string[]
}

interface KsqlFault {
  readonly '@type'?: string
  readonly error_code?: number
  readonly message?: string
}

const unreachable = (url: string, what: string, cause?: unknown) =>
  new TicketsError('SOURCE_UNREACHABLE', `ksqlDB at ${url}: ${what}: start it, or correct \`url\``, { cause, retryable: true })

/** 5xx of HTTP and codes 5xxxx of ksqlDB may pass; a refused statement or login does not. */
function fault(url: string, status: number, text: string): TicketsError {
  let found: KsqlFault = {}
  try {
    found = JSON.parse(text) as KsqlFault
  } catch {
    // No JSON: a proxy's page, say.
  }
  const code = found.error_code
  const retryable = status >= 500 || status === 429 || (code !== undefined && code >= 50_000)
  const says = found.message ?? (text.slice(0, 200) || `status ${status}`)
  const advice = status === 401 || status === 403 ? 'check `user` and `password`' : retryable ? 'it is tried again' : 'fix the query'
  return new TicketsError(
    'SOURCE_FAILED',
    `ksqlDB at ${url} refused${code === undefined ? '' : ` with ${code}`}: ${says.replaceAll(/\s+/g, ' ')}: ${advice}`,
    { retryable },
  )
}

/**
 * Runs a query and gives its lines as they come: the header first, then the rows as JSON texts. A push query is closed at the server when
 * the signal aborts or the caller stops.
 *
 * @throws `SOURCE_UNREACHABLE` when nothing answers or the connection is cut, `SOURCE_FAILED` for what the server refuses, before or between rows
 */
export async function* queryStream(asked: KsqlRequest): AsyncGenerator<string> {
  const { url, query, properties, authorization, answerWithin, signal } = asked
  const session = connect(url)
  let cut: Error | null = null
  session.once('error', (error) => {
    cut = error
  })
  const stream = session.request({
    ':method': 'POST',
    ':path': '/query-stream',
    'content-type': 'application/json',
    accept: 'application/vnd.ksqlapi.delimited.v1',
    ...(authorization === undefined ? {} : { authorization }),
  })
  let status = 0
  stream.once('response', (headers) => {
    status = headers[':status'] ?? 0
    stream.setTimeout(0)
  })
  let isLate = false
  stream.setTimeout(answerWithin, () => {
    isLate = true
    stream.close()
  })
  const stop = () => stream.close()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  stream.end(JSON.stringify({ sql: query, properties }))
  stream.setEncoding('utf8')
  let queryId: string | undefined
  let rest = ''
  let isWhole = false
  try {
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      if (status !== 200) {
        rest = [...lines, rest].join('\n')
        continue
      }
      for (const line of lines) {
        if (line.trim() === '') continue
        queryId ??= checkLine(url, line)
        yield line
      }
    }
    isWhole = stream.rstCode === 0 && status !== 0 && !isLate
  } catch (error) {
    if (isTicketsError(error)) throw error
    if (!signal.aborted) throw unreachable(url, (cut ?? (error as Error)).message, error)
  } finally {
    signal.removeEventListener('abort', stop)
    stream.close()
    if (queryId) await closeQuery(session, queryId, authorization)
    session.close()
    setTimeout(() => session.destroy(), 1000).unref()
  }
  if (signal.aborted) return
  if (status !== 200 && status !== 0) throw fault(url, status, rest)
  if (!isWhole) throw unreachable(url, isLate ? `no answer within ${answerWithin} ms` : 'the connection was cut')
  if (rest.trim() === '') return
  checkLine(url, rest)
  yield rest
}

/** The id of a push query, where the line is its header. Throws what the server tells in the place of a row. */
function checkLine(url: string, line: string): string | undefined {
  if (!line.startsWith('{')) return undefined
  const found = JSON.parse(line) as KsqlFault & Partial<KsqlHeader>
  if (found.error_code !== undefined || found['@type']?.includes('error')) throw fault(url, 200, line)
  return found.queryId || undefined
}

/** Ends a push query at the server; a server that does not answer has lost the connection, and ends it by itself. */
function closeQuery(session: ReturnType<typeof connect>, queryId: string, authorization: string | undefined): Promise<void> {
  if (session.closed || session.destroyed) return Promise.resolve()
  return new Promise((done) => {
    const asked = session.request({ ':method': 'POST', ':path': '/close-query', ...(authorization === undefined ? {} : { authorization }) })
    asked.setTimeout(1000, () => asked.close())
    asked.once('close', () => done()).once('error', () => done())
    asked.resume().end(JSON.stringify({ queryId }))
  })
}
