import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'

const keepAlive = 60_000

interface Address {
  readonly host: string
  readonly port: number
  readonly ssl: ConnectionOptions
  readonly onConnect: () => void
}

/** Opens connections as kafkajs does. It closes a connection that is gone again at each try, and Node would then warn of a leak. */
export function openSocket({ host, port, ssl, onConnect }: Address): Socket {
  const name = isIP(host) ? {} : { servername: host }
  const socket = ssl ? connectTls({ host, port, ...name, ...ssl }, onConnect) : connect({ host, port }, onConnect)
  socket.setKeepAlive(true, keepAlive)
  const unref = socket.unref
  socket.unref = () => (socket.destroyed ? socket : unref.call(socket))
  return socket
}
