import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What happens to a request. `before`: the connection ends and the broker never hears of it. `after`: the broker answers, and the connection
 * ends in its place. `swallow`: the broker never hears of it, nor of anything after it, and the connection stays open. `mute`: the broker
 * answers, and neither that answer nor a later one arrives. `empty`: the answer to a fetch arrives without its records. A function makes
 * another answer of the broker's.
 */
export type Fate = 'pass' | 'before' | 'after' | 'swallow' | 'mute' | 'empty' | ((answer: Buffer) => Buffer)

export interface KafkaRequest {
  readonly apiKey: number
  /** Counts the connections, from 0. */
  readonly connection: number
}

export const apiKeys = {
  produce: 0,
  fetch: 1,
  listOffsets: 2,
  offsetCommit: 8,
  offsetFetch: 9,
  findCoordinator: 10,
  joinGroup: 11,
  heartbeat: 12,
  leaveGroup: 13,
  syncGroup: 14,
  describeGroups: 15,
  initProducerId: 22,
  addPartitions: 24,
  addOffsets: 25,
  endTxn: 26,
  offsets: 28,
  metadata: 3,
  versions: 18,
}

/** One passing fault: of the requests that fit, the one with number `at`, counted from 1, meets this fate. All others pass. */
export function oneFault(fate: Fate, at: number, fits: (request: Pick<KafkaRequest, 'apiKey'>) => boolean = () => true) {
  let count = 0
  const decide = (request: Pick<KafkaRequest, 'apiKey'>): Fate => (fits(request) && ++count === at ? fate : 'pass')
  return Object.assign(decide, { wasHit: () => count >= at })
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

/** Returns the answer to a fetch (version 11) with no records in it. */
export function emptied(frame: Buffer): Buffer {
  let at = 4 + 4 + 4 + 2 + 4
  const parts: Buffer[] = []
  let kept = 0
  const length = () => {
    at += 4
    return Math.max(0, frame.readInt32BE(at - 4))
  }
  for (let topics = length(); topics > 0; topics--) {
    at += 2 + frame.readInt16BE(at)
    for (let partitions = length(); partitions > 0; partitions--) {
      at += 4 + 2 + 8 + 8 + 8
      // `at += … length()` would forget that `length` moves it too.
      const aborted = length()
      at += 16 * aborted + 4
      parts.push(frame.subarray(kept, at), Buffer.alloc(4))
      const records = length()
      at += records
      kept = at
    }
  }
  const whole = Buffer.concat([...parts, frame.subarray(kept)])
  whole.writeInt32BE(whole.length - 4, 0)
  return whole
}

/** A way to a broker that knows requests from answers and lets one of them get lost. `decide` is asked for each request. */
export async function kafkaProxy(broker: string | (() => string), decide: (request: KafkaRequest) => Fate) {
  const open = new Set<Socket>()
  let connections = 0
  const server = createServer((client) => {
    const connection = connections++
    const [host = '', port] = (typeof broker === 'string' ? broker : broker()).split(':')
    const upstream = connect({ host, port: Number(port) })
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
        const id = frame.readInt32BE(4)
        const fate = fates.get(id)
        fates.delete(id)
        if (fate === 'after') return end()
        if (fate === 'mute') silent = true
        if (silent) return
        if (typeof fate === 'function') client.write(fate(frame))
        else client.write(fate === 'empty' ? emptied(frame) : frame)
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
