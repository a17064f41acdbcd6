import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What happens to a command: `before`: the connection ends and the server never hears of it; `after`: the server answers, and the answer is lost. */
export type Fate = 'pass' | 'before' | 'after'

export interface Command {
  /** Counts the commands of all connections, from 1. */
  readonly number: number
  /** The text of a statement that is sent or prepared; `execute` for one that was prepared, `other` for the rest. */
  readonly what: string
}

/** How a protocol divides what a client sends. */
interface Protocol {
  /** Bytes before a packet's length is known. */
  readonly head: (isFirst: boolean) => number
  readonly length: (held: Buffer, isFirst: boolean) => number
  /** The command that a packet begins; null for a part of one, and for logins. */
  readonly command: (packet: Buffer, isFirst: boolean) => string | null
}

const COM = { query: 3, prepare: 22, execute: 23 }

/** Three bytes of length, a number, what it says. */
const mysql: Protocol = {
  head: () => 4,
  length: (held) => 4 + held.readUIntLE(0, 3),
  command: (packet) => {
    // Packets of a login have other numbers; a command is the first of its exchange.
    if (packet[3] !== 0) return null
    const code = packet[4] ?? 0
    return code === COM.query || code === COM.prepare ? packet.toString('utf8', 5) : code === COM.execute ? 'execute' : 'other'
  },
}

/** A letter, four bytes of length that count themselves, what it says; the first one, a login, has no letter. */
const postgres: Protocol = {
  head: (isFirst) => (isFirst ? 4 : 5),
  length: (held, isFirst) => (isFirst ? held.readUInt32BE(0) : 1 + held.readUInt32BE(1)),
  command: (packet, isFirst) => {
    const letter = isFirst ? '' : packet.toString('latin1', 0, 1)
    if (letter === 'Q') return packet.toString('utf8', 5, packet.length - 1)
    // The name of the statement comes first, and is empty.
    return letter === 'P' ? (packet.toString('utf8', 5).split('\0')[1] ?? '') : null
  },
}

/** Calls `take` with each whole packet. */
function packets({ head, length, command }: Protocol, take: (packet: Buffer, command: string | null) => void): (data: Buffer) => void {
  let held = Buffer.alloc(0)
  let isFirst = true
  return (data) => {
    held = Buffer.concat([held, data])
    while (held.length >= head(isFirst) && held.length >= length(held, isFirst)) {
      const end = length(held, isFirst)
      const packet = held.subarray(0, end)
      held = held.subarray(end)
      const what = command(packet, isFirst)
      isFirst = false
      take(packet, what)
    }
  }
}

/** A way to a server that knows commands from answers and lets one of them get lost. `decide` is asked for each command after the login. */
export async function databaseProxy(url: string, decide: (command: Command) => Fate) {
  const { hostname, port, protocol } = new URL(url)
  const open = new Set<Socket>()
  let number = 0
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) })
    let deaf = false
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', end).on('close', () => {
        open.delete(socket)
        end()
      })
    }
    client.on(
      'data',
      packets(protocol === 'postgres:' ? postgres : mysql, (packet, what) => {
        if (what !== null) {
          number += 1
          const fate = decide({ number, what })
          if (fate === 'before') return end()
          if (fate === 'after') deaf = true
        }
        upstream.write(packet)
      }),
    )
    upstream.on('data', (data) => (deaf ? end() : client.write(data)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const through = new URL(url)
  through.hostname = '127.0.0.1'
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}
