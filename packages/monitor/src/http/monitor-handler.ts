import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Monitor } from '../monitor.ts'
import { answerOf } from './answer.ts'

/**
 * Returns a listener for `node:http`, and for frameworks that take one: `/healthz`, `/readyz`, `/metrics` and `/status`. It reads no body.
 *
 * @example
 * http.createServer(monitorHandler(watched)).listen(9464, '127.0.0.1')
 */
export function monitorHandler(monitor: Monitor): (request: IncomingMessage, response: ServerResponse) => void {
  return ({ method = '', url = '', headers }, response) => {
    const { status, headers: own, body } = answerOf(monitor, method, url)
    // Nobody reads what else comes on a connection whose request has a body.
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    response.writeHead(status, hasBody ? { ...own, connection: 'close' } : own)
    response.end(body)
  }
}
