import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What happens to a command: `before`: the connection ends and the server never hears of it; `after`: the server answers, and the answer is lost. */
export type Fate = 'pass' | 'before' | 'after'

export interface Command {
  /** Counts the commands of all connections, from 1. */
  readonly number: number
  /** The text of a statement that is sent or prepared; `execute` for one that was prepared, `other` for the rest. */
  readonly what: string
}

const COM = { query: 3, prepare: 22, execute: 23 }

/** Calls `take` with each whole packet of the protocol: three bytes of length, a number, what it says. */
function packets(take: (packet: Buffer) => void): (data: Buffer) => void {
  let held = Buffer.alloc(0)
  return (data) => {
    held = Buffer.concat([held, data])
    while (held.length >= 4 && held.length >= 4 + held.readUIntLE(0, 3)) {
      const end = 4 + held.readUIntLE(0, 3)
      take(held.subarray(0, end))
      held = held.subarray(end)
    }
  }
}

/** A way to a server that knows commands from answers and lets one of them get lost. `decide` is asked for each command after the login. */
export async function mysqlProxy(url: string, decide: (command: Command) => Fate) {
  const { hostname, port } = new URL(url)
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
      packets((packet) => {
        // Packets of a login have other numbers; a command is the first of its exchange.
        if (packet[3] === 0) {
          const code = packet[4] ?? 0
          const what = code === COM.query || code === COM.prepare ? packet.toString('utf8', 5) : code === COM.execute ? 'execute' : 'other'
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
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}
