import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { onTestFinished } from 'vitest'
import { WireWriter } from '../src/connection/wire.ts'

export const API_VERSIONS = 18

/** A request as it arrives: what comes after its number is the name of the client, then the body. */
export interface Frame {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlation: Buffer
  readonly body: Buffer
  readonly connection: number
}

/** A server that speaks as much of the protocol as a test needs, and ends with it: `answer` gives the body of an answer, or null for none. */
export async function fakeBroker(answer: (frame: Frame, socket: Socket) => Buffer | null, tls?: TlsOptions) {
  const sockets = new Set<Socket>()
  const seen: Frame[] = []
  let opened = 0
  const serve = (socket: Socket) => {
    const connection = opened++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    let held = Buffer.alloc(0)
    socket.on('data', (data) => {
      held = Buffer.concat([held, data])
      while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
        const whole = Buffer.from(held.subarray(4, 4 + held.readInt32BE(0)))
        held = held.subarray(4 + whole.length)
        const body = whole.subarray(10 + whole.readInt16BE(8))
        const frame = { apiKey: whole.readInt16BE(0), apiVersion: whole.readInt16BE(2), correlation: whole.subarray(4, 8), body, connection }
        seen.push(frame)
        const told = answer(frame, socket)
        if (told) socket.write(framed(frame.correlation, told))
      }
    })
  }
  const server = (tls ? createTlsServer(tls, serve) : createServer(serve)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  }
  onTestFinished(close)
  return { brokers: [`127.0.0.1:${port}`], host: '127.0.0.1', port, seen, opened: () => opened, open: () => sockets.size, close }
}

/** An answer as it goes over the wire. */
export const framed = (correlation: Buffer, body: Buffer): Buffer =>
  new WireWriter()
    .int32(4 + body.length)
    .bytes(correlation)
    .bytes(body)
    .end()

/** The answer to ApiVersions (version 0): no error, and each API in versions 0 to `highest`. */
export function versionsAnswer(apiKeys: readonly number[], highest = 1): Buffer {
  const out = new WireWriter().int16(0).int32(apiKeys.length)
  for (const apiKey of apiKeys) out.int16(apiKey).int16(0).int16(highest)
  return out.end()
}
