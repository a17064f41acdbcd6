import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls'

/** How long a connection is idle before the system probes it. */
const KEEP_ALIVE_MS = 60_000

interface BrokerAddress {
  /** A name or an address of IPv4 or IPv6. */
  readonly host: string
  readonly port: number
  /** Options of TLS; falsy for a plain connection. */
  readonly ssl: TlsOptions
  /** Called once, when bytes can be sent. */
  readonly onConnect: () => void
}

/**
 * Opens a connection as kafkajs does.
 *
 * kafkajs closes a lost connection again at each retry, and Node would report that as a leak.
 */
export function openSocket({ host, port, ssl, onConnect }: BrokerAddress): Socket {
  const name = isIP(host) ? {} : { servername: host }
  const socket = ssl ? connectTls({ host, port, ...name, ...ssl }, onConnect) : connect({ host, port }, onConnect)
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  const unref = socket.unref
  socket.unref = () => (socket.destroyed ? socket : unref.call(socket))
  return socket
}
