import { TicketsError } from '@tickets/core'
import { isDashboard } from '../dashboard/dashboard.ts'
import type { Monitor } from '../monitor.ts'
import { type Answer, answerOf, EVENTS, PAGE } from './answer.ts'
import { EventStream, STREAM_HEADERS } from './event-stream.ts'

/** Where a monitor is mounted. */
export interface FetchOptions {
  /** The path above its pages, such as `/ops`, where the framework leaves it in the address of a request; none by default. */
  readonly below?: string
}

/** What may wait in memory for a page that reads slowly, in bytes, before it misses views. */
const WAITING_BYTES = 16 * 1024

/**
 * Returns a handler for Hono, Next, Bun, Deno, and others that take web standards. It has the pages of `monitorHandler`, and reads no body.
 *
 * @throws `OPTION_INVALID` for a `below` that does not begin with a slash, or ends with one
 * @example
 * new Hono().mount('/ops', monitorFetch(watched)) // /ops/metrics
 */
export function monitorFetch(monitor: Monitor, { below = '' }: FetchOptions = {}): (request: Request) => Promise<Response> {
  if (!/^(\/.*[^/])?$/.test(below))
    throw new TicketsError('OPTION_INVALID', `below is a path such as /ops, with a slash before it and none behind it, got ${JSON.stringify(below)}`)
  const stream = isDashboard(monitor) ? new EventStream(monitor) : null
  return async ({ method, url, headers, signal }) => {
    const path = pathBelow(below, new URL(url).pathname)
    if (!stream || method !== 'GET' || path !== EVENTS) return responseOf(answerOf(monitor, method, path), below)
    const refused = stream.refusal(headers.get('sec-fetch-site'))
    return refused ? responseOf(refused, below) : new Response(bodyOf(stream, signal), { headers: STREAM_HEADERS })
  }
}

/** Returns the path of a page; an empty one where it is not below. */
function pathBelow(below: string, path: string): string {
  if (path === below) return '/'
  return path.startsWith(`${below}/`) ? path.slice(below.length) : ''
}

function responseOf({ status, headers, body }: Answer, below: string): Response {
  const own = new Headers(headers)
  // The server decides about its connections, and HTTP/2 refuses the header.
  own.delete('connection')
  if (below !== '' && own.has('location')) own.set('location', below + PAGE)
  return new Response(body === '' ? null : body, { status, headers: own })
}

/** Returns a body that ends when the client does. */
function bodyOf(stream: EventStream, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let page: ReturnType<EventStream['join']> | null = null
  const leave = () => {
    page?.leave()
    const isFirst = page !== null
    page = null
    return isFirst
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        page = stream.join({
          write(text) {
            controller.enqueue(encoder.encode(text))
            return (controller.desiredSize ?? 0) > 0
          },
          destroy() {
            if (leave()) controller.error(new Error('the page has read nothing for too long'))
          },
        })
        const end = () => {
          if (leave()) controller.close()
        }
        signal.addEventListener('abort', end, { once: true })
        if (signal.aborted) end()
      },
      pull: () => page?.drained(),
      cancel: () => void leave(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES }),
  )
}
