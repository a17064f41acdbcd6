import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Dashboard } from '../dashboard/dashboard.ts'
import { ALWAYS } from './answer.ts'

/** Streams that are open at a time: further ones get 503. */
const STREAMS = 8
/** How often the page gets a view, in milliseconds. */
const EVERY_MS = 1_000
/** A client that takes nothing for this long is gone. */
const SILENT_MS = 15_000
/** After how long a browser connects again, in milliseconds. */
const RETRY_MS = 2_000

interface Client {
  readonly response: ServerResponse
  /** The panels that it has. */
  changes: number | null
  /** Since when what was sent waits in memory; null while nothing does. */
  waits: number | null
}

/**
 * Sends what a dashboard shows to the pages that are open, as server-sent events. The view is made once a second for all of them, and only while there is
 * one. A page that reads slowly misses views, so that no more than one waits in memory for it.
 */
export class EventStream {
  readonly #dashboard: Dashboard
  readonly #clients = new Set<Client>()
  #timer: NodeJS.Timeout | null = null

  constructor(dashboard: Dashboard) {
    this.#dashboard = dashboard
  }

  /** Answers a request with a stream that ends when the client does. It does not keep the process alive. */
  open({ headers, socket }: IncomingMessage, response: ServerResponse): void {
    // A page of another site cannot read the stream, and must not take the place of one that can.
    if (headers['sec-fetch-site'] === 'cross-site') refuse(response, 403, 'for pages of this server only\n')
    else if (this.#clients.size >= STREAMS) refuse(response, 503, `${STREAMS} pages are open already\n`, { 'retry-after': '10' })
    else this.#join(socket, response)
  }

  #join(socket: Socket, response: ServerResponse): void {
    socket.unref()
    // Small messages must not wait for each other.
    socket.setNoDelay(true)
    response.writeHead(200, { ...ALWAYS, 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
    const client: Client = { response, changes: null, waits: null }
    this.#clients.add(client)
    response.once('close', () => this.#leave(client))
    response.on('drain', () => {
      client.waits = null
    })
    response.write(`retry: ${RETRY_MS}\n\n`)
    this.#send([client])
    this.#timer ??= setInterval(() => this.#send(this.#clients), EVERY_MS).unref()
  }

  #leave(client: Client): void {
    this.#clients.delete(client)
    if (this.#clients.size > 0 || !this.#timer) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  #send(clients: Iterable<Client>): void {
    const ready = [...clients].filter((client) => isReady(client))
    if (ready.length === 0) return
    const { changes } = this.#dashboard
    const view = eventOf('view', this.#dashboard.view())
    const panels = ready.some((client) => client.changes !== changes) ? eventOf('panels', this.#dashboard.panels()) : ''
    for (const client of ready) {
      const text = client.changes === changes ? view : panels + view
      client.changes = changes
      if (!client.response.write(text)) client.waits = Date.now()
    }
  }
}

/** Returns whether a client has taken what was sent; ends one that has not for too long. */
function isReady({ waits, response }: Client): boolean {
  if (waits !== null && Date.now() - waits > SILENT_MS) response.destroy()
  return waits === null
}

const eventOf = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

function refuse(response: ServerResponse, status: number, why: string, more: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...ALWAYS, 'content-type': 'text/plain; charset=utf-8', 'content-length': String(why.length), ...more })
  response.end(why)
}
