import { request } from 'node:http'
import { codeOf, type ErrorCode, isTicketsError, TicketsError } from '@tickets/core/command-line'
import type { FeedStatus } from './feed.ts'

/** No process listens at the socket, or it has just ended. */
const notRunning = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'])

/** Sends a request to the process that runs the feeds. Returns null when none does. */
export async function askFeeds(path: string, method: 'GET' | 'POST', url: string): Promise<FeedStatus[] | null> {
  try {
    const { status, text } = await send(path, method, url)
    const body = JSON.parse(text) as FeedStatus[] | { code: ErrorCode; message: string }
    if (status === 200 && Array.isArray(body)) return body
    const { code, message } = body as { code: ErrorCode; message: string }
    throw new TicketsError(code, message)
  } catch (error) {
    if (notRunning.has(codeOf(error) ?? '')) return null
    throw isTicketsError(error)
      ? error
      : new TicketsError('SOURCE_FAILED', `the process that runs the feeds did not answer at ${path}: ${String(error)}`, { cause: error })
  }
}

/** Returns whether a process answers at this socket. */
export async function isAnswered(path: string): Promise<boolean> {
  return (await askFeeds(path, 'GET', '/feeds')) !== null
}

function send(socketPath: string, method: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((done, fail) => {
    const asked = request({ socketPath, method, path }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (more: string) => {
        text += more
      })
      response.once('end', () => done({ status: response.statusCode ?? 0, text }))
      response.once('error', fail)
    })
    asked.once('error', fail).end()
  })
}
