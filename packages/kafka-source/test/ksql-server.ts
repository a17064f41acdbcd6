import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'

/** What the server does with a query: writes to the stream, and ends it or not. */
export type Answer = (
  stream: ServerHttp2Stream,
  request: { sql: string; properties: Record<string, string>; authorization: string | undefined },
) => void | Promise<void>

/** A small server that speaks the HTTP API of ksqlDB: `/query-stream` and `/close-query`. */
export async function ksqlServer(answers: Answer[]) {
  const closed: string[] = []
  const asked: string[] = []
  const server = createServer()
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {})
    let text = ''
    for await (const part of stream) text += String(part)
    const body = JSON.parse(text)
    if (headers[':path'] === '/close-query') {
      closed.push(body.queryId)
      stream.respond({ ':status': 200 })
      return void stream.end()
    }
    asked.push(body.sql)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    await answer?.(stream, { ...body, authorization: headers.authorization })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const cut = () => {
    for (const session of sessions) session.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    closed,
    asked,
    /** Cuts all connections. */
    cut,
    async close() {
      cut()
      await new Promise((done) => server.close(done))
    },
  }
}

export const ok = (stream: ServerHttp2Stream) => stream.respond({ ':status': 200, 'content-type': 'application/vnd.ksqlapi.delimited.v1' })

export function refuse(stream: ServerHttp2Stream, status: number, code: number, message: string): void {
  stream.respond({ ':status': status })
  stream.end(JSON.stringify({ '@type': 'statement_error', error_code: code, message }))
}
