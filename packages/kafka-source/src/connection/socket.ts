import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls'

/** How long a connection is idle before the system probes it. */
const KEEP_ALIVE_MS = 60_000

/** Takes bytes where they come in, instead of `data` events. */
export interface ReadInto {
  /** Returns where the next bytes belong. */
  readonly room: () => Uint8Array
  /** Called after so many were written there. */
  readonly filled: (bytes: number) => void
}

interface SocketOptions {
  /** A name or an address of IPv4 or IPv6. */
  readonly host: string
  readonly port: number
  /** Options of TLS; falsy for a plain connection. */
  readonly ssl: TlsOptions | undefined
  /** Called once, when bytes can be sent. */
  readonly onConnect: () => void
  readonly onRead?: ReadInto
}

/**
 * Opens a connection as kafkajs does.
 *
 * kafkajs closes a lost connection again at each retry, and Node would report that as a leak.
 */
export function openSocket({ host, port, ssl, onConnect, onRead }: SocketOptions): Socket {
  const name = isIP(host) ? {} : { servername: host }
  const options = { host, port, ...(onRead ? { onread: { buffer: onRead.room, callback: takes(onRead) } } : {}) }
  const socket = ssl ? connectTls({ ...options, ...name, ...ssl }, onConnect) : connect(options, onConnect)
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  socket.setNoDelay(true)
  const unref = socket.unref
  socket.unref = () => (socket.destroyed ? socket : unref.call(socket))
  return socket
}

/** Node stops to read where the callback does not return true. */
const takes =
  ({ filled }: ReadInto) =>
  (bytes: number) => {
    filled(bytes)
    return true
  }
