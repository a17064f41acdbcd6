import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Monitor } from '../monitor.ts'
import { monitorHandler } from './monitor-handler.ts'

/** Where to serve. */
export interface ServeOptions {
  /** 0 takes any that is free. */
  readonly port: number
  /** `127.0.0.1` by default: there is no login, so serve other hosts in a network that only they are in. */
  readonly host?: string
}

/** A server that is listening. */
export interface MonitorServer {
  /** Such as `http://127.0.0.1:9464`. */
  readonly url: string
  /** Ends it, with all connections. */
  close(): Promise<void>
}

/** What one client may take; times in milliseconds. */
const LIMITS = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  /** How often connections are compared with these times. */
  connectionsCheckingInterval: 1_000,
}
/** Further connections are closed at once. */
const CONNECTIONS = 64
/** Answers are small, so a client that takes this long to read one is gone. */
const SILENT_MS = 15_000

/**
 * Starts a server of a monitor over HTTP. It does not keep the process alive.
 *
 * @throws the error of the system where the port cannot be had, such as `EADDRINUSE`
 * @example
 * const server = await serveMonitor(watched, { port: 9464 })
 * server.url // 'http://127.0.0.1:9464'
 */
export async function serveMonitor(monitor: Monitor, { port, host = '127.0.0.1' }: ServeOptions): Promise<MonitorServer> {
  const server = createServer(LIMITS, monitorHandler(monitor))
  server.maxConnections = CONNECTIONS
  server.timeout = SILENT_MS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  server.unref()
  const { address, family, port: given } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${given}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
