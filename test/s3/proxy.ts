import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RequestKind } from '@tickets/s3'

/**
 * What may happen to a request. `lost request` never arrives and `lost answer` is done but not confirmed. `late` is reported as lost and arrives a moment
 * later, `slow` is confirmed late, `repeated` arrives twice. Of an answer that is `cut off` half arrives. A number is an answer of the proxy; `done and 500` is one although the store did it.
 */
export type Fault = 'lost request' | 'lost answer' | 'late' | 'slow' | 'repeated' | 'done and 500' | 'cut off' | 403 | 409 | 500 | 501 | 503

/** How long a slow or late request takes, in milliseconds. */
const SLOW_MS = 300

interface Planned {
  readonly kind: RequestKind
  readonly fault: Fault
  /** Which request of the kind, from 1 on; all of them without it. */
  readonly at?: number
}

/** A proxy between a client and a store that damages requests as planned. */
export interface FaultyProxy {
  readonly endpoint: string
  /** Plans faults, counted from now on, instead of those before. */
  plan(faults: readonly Planned[]): void
  /** How many faults have happened. */
  readonly happened: number
  /** Resolves when no late request is under way any more. */
  settled(): Promise<void>
  stop(): Promise<void>
}

/** Returns the kind of a request. Buckets stand in the path. */
export function kindOf(method: string, url: string): RequestKind {
  const { pathname, searchParams } = new URL(url, 'http://store')
  const isBucket = pathname.split('/').filter(Boolean).length < 2
  if (method === 'HEAD') return 'HeadObject'
  if (method === 'PUT') return searchParams.has('partNumber') ? 'UploadPart' : 'PutObject'
  if (method === 'DELETE') return searchParams.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject'
  if (method === 'POST') {
    if (searchParams.has('delete')) return 'DeleteObjects'
    return searchParams.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload'
  }
  if (isBucket) return searchParams.has('uploads') ? 'ListMultipartUploads' : 'ListObjectsV2'
  return 'GetObject'
}

const codes: Readonly<Record<number, string>> = {
  403: 'AccessDenied',
  404: 'NoSuchUpload',
  409: 'ConditionalRequestConflict',
  500: 'InternalError',
  501: 'NotImplemented',
  503: 'SlowDown',
}

const errorOf = (status: number) => `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${codes[status]}</Code><Message>planned</Message></Error>`

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(errorOf(status))
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/**
 * Starts a proxy before a store. `forgetsUploads`: an upload that is completed is unknown from then on, as in most stores; some confirm it again to whoever
 * completes it once more.
 */
export async function startProxy(target: string, { forgetsUploads = false } = {}): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target)
  let faults: readonly Planned[] = []
  let happened = 0
  const seen = new Map<RequestKind, number>()
  const late = new Set<Promise<unknown>>()

  const pass = ({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> =>
    new Promise((done, fail) => {
      const sent = send({ hostname, port, method, path: url, headers: { ...headers, connection: 'close' } }, (answer) => {
        bodyOf(answer).then((content) => done({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }), fail)
      })
      sent.once('error', fail).end(body)
    })

  const completed = new Set<string>()

  async function forward(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method = '', url = '' } = request
    if (!forgetsUploads || kindOf(method, url) !== 'CompleteMultipartUpload') return pass(request, body)
    const id = new URL(url, 'http://store').searchParams.get('uploadId') ?? ''
    if (completed.has(id)) return { status: 404, headers: { 'content-type': 'application/xml' }, body: Buffer.from(errorOf(404)) }
    const answer = await pass(request, body)
    if (answer.status === 200) completed.add(id)
    return answer
  }

  function faultOf(kind: RequestKind): Fault | null {
    const number = (seen.get(kind) ?? 0) + 1
    seen.set(kind, number)
    const planned = faults.find((one) => one.kind === kind && (one.at ?? number) === number)
    if (planned) happened++
    return planned?.fault ?? null
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const fault = faultOf(kindOf(request.method ?? '', request.url ?? ''))
    if (typeof fault === 'number') return refuse(response, fault)
    if (fault === 'lost request') return void request.socket.destroy()
    if (fault === 'late') {
      request.socket.destroy()
      const arrived = new Promise((done) => setTimeout(done, SLOW_MS)).then(() => forward(request, body)).catch(() => {})
      late.add(arrived)
      return void arrived.finally(() => late.delete(arrived))
    }
    if (fault === 'repeated') await forward(request, body)
    if (fault === 'slow') await new Promise((done) => setTimeout(done, SLOW_MS))
    const { status, headers, body: content } = await forward(request, body)
    if (fault === 'lost answer') return void request.socket.destroy()
    if (fault === 'done and 500') return refuse(response, 500)
    if (fault === 'cut off') {
      response.writeHead(status, headers).write(content.subarray(0, content.length / 2))
      return void setTimeout(() => request.socket.destroy(), 50)
    }
    response.writeHead(status, { ...headers, connection: 'keep-alive' }).end(content)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan(planned) {
      faults = planned
      happened = 0
      seen.clear()
    },
    get happened() {
      return happened
    },
    async settled() {
      await Promise.all(late)
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
