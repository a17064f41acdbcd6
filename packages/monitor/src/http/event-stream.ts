import type { Dashboard } from '../dashboard/dashboard.ts'
import { ALWAYS, type Answer, plain } from './answer.ts'

/** Streams that are open at a time: further ones get 503. */
const STREAMS = 8
/** How often the page gets a view, in milliseconds. */
const EVERY_MS = 1_000
/** A client that takes nothing for this long is gone. */
const SILENT_MS = 15_000
/** After how long a browser connects again, in milliseconds. */
const RETRY_MS = 2_000

/** The headers of a stream. */
export const STREAM_HEADERS = { ...ALWAYS, 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' }

/** One page that is open, by whatever it is connected. */
export interface PageConnection {
  /** Sends a text. Returns false when it waits in memory: then nothing more is sent until `drained`. */
  write(text: string): boolean
  /** Ends it at once. */
  destroy(): void
}

/** What a connection says to its stream. */
export interface JoinedPage {
  /** Nothing waits in memory any more. */
  drained(): void
  /** It has ended. */
  leave(): void
}

interface Client {
  readonly connection: PageConnection
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

  /** Returns why a request gets no stream; null when it may join. `site` is its header `Sec-Fetch-Site`. */
  refusal(site: string | null | undefined): Answer | null {
    // A page of another site cannot read the stream, and must not take the place of one that can.
    if (site === 'cross-site') return plain(403, 'for pages of this server only\n')
    return this.#clients.size >= STREAMS ? plain(503, `${STREAMS} pages are open already\n`, { 'retry-after': '10' }) : null
  }

  /** Sends to a connection until it leaves. It does not keep the process alive. */
  join(connection: PageConnection): JoinedPage {
    const client: Client = { connection, changes: null, waits: null }
    this.#clients.add(client)
    connection.write(`retry: ${RETRY_MS}\n\n`)
    this.#send([client])
    this.#timer ??= setInterval(() => this.#send(this.#clients), EVERY_MS).unref()
    return {
      drained: () => {
        client.waits = null
      },
      leave: () => this.#leave(client),
    }
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
      if (!client.connection.write(text)) client.waits = Date.now()
    }
  }
}

/** Returns whether a client has taken what was sent; ends one that has not for too long. */
function isReady({ waits, connection }: Client): boolean {
  if (waits !== null && Date.now() - waits > SILENT_MS) connection.destroy()
  return waits === null
}

const eventOf = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
