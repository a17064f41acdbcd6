import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { BrokerConnection } from '../connection/broker-connection.ts'
import type { TlsOptions } from '../connection/connection-options.ts'
import { openSocket } from '../connection/socket.ts'
import { WireReader, WireWriter } from '../connection/wire.ts'

/** How long a port may take to show what it speaks, in milliseconds. */
const PROBE_MS = 3000
const CORRELATION = 0x7b1e5

/** ApiVersions v0, which a broker answers before any login. */
const question = new WireWriter().int32(17).int16(18).int16(0).int32(CORRELATION).string('tickets').end()

/**
 * Returns what a port speaks that does not speak what it was asked by: `tls` where a connection without TLS ends, `plain` where one with TLS does,
 * and null where nothing is sure. Nothing secret is sent.
 */
export async function spokenAt(address: string, asked: 'tls' | 'plain'): Promise<'tls' | 'plain' | null> {
  const { host, port } = parsed(address)
  if (asked === 'tls') return (await probe(connect({ host, port }), isBroker)) ? 'plain' : null
  // Whose certificate it is does not matter here.
  return (await probe(connectTls({ host, port, rejectUnauthorized: false }), isSecure)) ? 'tls' : null
}

/** Connects with TLS and asks one question. Returns what came of it instead of an answer, or null. */
export async function handshakeFault(address: string, ssl: TlsOptions): Promise<unknown> {
  const settings = { ssl, requestTimeout: PROBE_MS, open: openSocket, logger: undefined }
  return BrokerConnection.open(parsed(address), settings).then(
    (connection) => {
      connection.close()
      return null
    },
    (error: unknown) => error,
  )
}

function parsed(address: string) {
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(address.slice(at + 1)) }
}

type Look = (socket: Socket, found: (yes: boolean) => void) => void

const isBroker: Look = (socket, found) => {
  socket.once('connect', () => socket.write(question))
  socket.once('data', (answer) => found(answer.length >= 8 && new WireReader(answer.subarray(4)).int32() === CORRELATION))
}

const isSecure: Look = (socket, found) => socket.once('secureConnect', () => found(true))

function probe(socket: Socket, look: Look): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(false), PROBE_MS)
    const end = (yes: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(yes)
    }
    socket.on('error', () => end(false)).on('close', () => end(false))
    look(socket, end)
  })
}
