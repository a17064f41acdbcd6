import type { IncomingMessage, ServerResponse } from 'node:http'
import { isDashboard } from '../dashboard/dashboard.ts'
import type { Monitor } from '../monitor.ts'
import { answerOf, EVENTS } from './answer.ts'
import { EventStream } from './event-stream.ts'

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
    if (stream && method === 'GET' && url.split('?')[0] === EVENTS) return stream.open(request, response)
    const { status, headers: own, body } = answerOf(monitor, method, url)
    // Nobody reads what else comes on a connection whose request has a body.
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    response.writeHead(status, hasBody ? { ...own, connection: 'close' } : own)
    response.end(body)
  }
}
