import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What happens to a request: `before`: the connection ends and the broker never hears of it; `after`: the broker answers, and the answer is lost. */
export type Fate = 'pass' | 'before' | 'after' | 'swallow'

export interface KafkaRequest {
  readonly apiKey: number
  /** Counts the connections, from 0. */
  readonly connection: number
}

export const apiKeys = {
  produce: 0,
  fetch: 1,
  findCoordinator: 10,
  offsetFetch: 9,
  initProducerId: 22,
  addPartitions: 24,
  addOffsets: 25,
  endTxn: 26,
  offsets: 28,
  metadata: 3,
  versions: 18,
}

/** Calls `take` with each whole frame of the Kafka protocol. */
function frames(take: (frame: Buffer) => void): (data: Buffer) => void {
  let held = Buffer.alloc(0)
  return (data) => {
    held = Buffer.concat([held, data])
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const end = 4 + held.readInt32BE(0)
      take(held.subarray(0, end))
      held = held.subarray(end)
    }
  }
}

/** A way to a broker that knows requests from answers and lets one of them get lost. `decide` is asked for each request. */
export async function kafkaProxy(broker: string, decide: (request: KafkaRequest) => Fate) {
  const [host, port] = broker.split(':')
  const open = new Set<Socket>()
  let connections = 0
  const server = createServer((client) => {
    const connection = connections++
    const upstream = connect({ host: host ?? '', port: Number(port) })
    const fates = new Map<number, Fate>()
    let silent = false
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
      frames((frame) => {
        const fate = decide({ apiKey: frame.readInt16BE(4), connection })
        fates.set(frame.readInt32BE(8), fate)
        if (fate === 'before') return end()
        // From now on both sides hear nothing, and nobody hangs up.
        if (fate === 'swallow') silent = true
        if (!silent) upstream.write(frame)
      }),
    )
    upstream.on(
      'data',
      frames((frame) => {
        if (fates.get(frame.readInt32BE(4)) === 'after') return end()
        if (!silent) client.write(frame)
      }),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}
