import type { IncomingMessage, ServerResponse } from 'node:http'
import { isDashboard } from '../dashboard/dashboard.ts'
import type { Monitor } from '../monitor.ts'
import { type Answer, answerOf, EVENTS } from './answer.ts'
import { EventStream, STREAM_HEADERS } from './event-stream.ts'

/**
 * Returns a listener for `node:http`, and for frameworks that take one: `/healthz`, `/readyz`, `/metrics` and `/status`, and `/dashboard` of a dashboard. It
 * reads no body.
 *
 * @example
 * http.createServer(monitorHandler(watched)).listen(9464, '127.0.0.1')
 */
export function monitorHandler(monitor: Monitor): (request: IncomingMessage, response: ServerResponse) => void {
  const stream = isDashboard(monitor) ? new EventStream(monitor) : null
  return (request, response) => {
    const { method = '', url = '', headers } = request
    if (stream && method === 'GET' && url.split('?')[0] === EVENTS) return open(stream, request, response)
    const found = answerOf(monitor, method, url)
    // Nobody reads what else comes on a connection whose request has a body.
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    send(response, hasBody ? { ...found, headers: { ...found.headers, connection: 'close' } } : found)
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers)
  response.end(body)
}

/** Answers a request with a stream that ends when the client does. */
function open(stream: EventStream, { headers, socket }: IncomingMessage, response: ServerResponse): void {
  const refused = stream.refusal(headers['sec-fetch-site']?.toString())
  if (refused) {
    send(response, refused)
    return
  }
  socket.unref()
  // Small messages must not wait for each other.
  socket.setNoDelay(true)
  response.writeHead(200, STREAM_HEADERS)
  const page = stream.join({ write: (text) => response.write(text), destroy: () => response.destroy() })
  response.once('close', page.leave)
  response.on('drain', page.drained)
}
