import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scenario } from './scenario.ts'
import { anyPoint } from './single.ts'

/** Passes all on, later. */
async function delaying(broker: string, ms: () => number) {
  const [host = '', port] = broker.split(':')
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(port), host)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      let line = Promise.resolve()
      from.on('data', (data) => {
        const due = sleep(ms())
        line = line.then(() => due).then(() => void to.write(data))
      })
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const slow: Scenario = {
  name: 'a slow broker',
  weight: 3,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    const proxy = await delaying(run.bench.brokers[0] ?? '', () => random.int(5, 80))
    try {
      const worker = await run.startAt(anyPoint(random, 'report'), { through: proxy.port })
      if (worker) await run.kill(worker)
      const last = run.start({ through: proxy.port, group: `${run.group}-slow` })
      await Promise.race([last.end, sleep(30_000)])
    } finally {
      proxy.close()
    }
  },
}

const killed: Scenario = {
  name: 'the broker killed and started again',
  weight: 2,
  needs: async (run) => ((await run.bench.mayStart) ? null : 'needs a broker of its own (Java)'),
  async run(run) {
    const { random } = run
    const done = await run.bench.lockOwnBroker()
    try {
      const broker = await run.bench.ownBroker()
      run.topic = await run.bench.topic({ count: 500, seed: 18 }, broker.brokers)
      run.defaults = { brokers: broker.brokers, pace: { rows: 25, ms: 100 }, retryFor: 60_000 }
      const worker = run.start()
      await worker.hasPartitions()
      await sleep(random.int(0, 1500))
      await broker.kill()
      await sleep(random.int(0, 2000))
      if (random.chance(0.3)) await run.kill(worker)
      await broker.restart()
      const there = Date.now()
      // A request that was lost with the broker is given up after half a minute, and asked again.
      await Promise.race([worker.end, sleep(120_000)])
      run.note(`${Math.round((Date.now() - there) / 1000)} s after the broker was there again`)
      if (!worker.ended) run.errors.push(`did not go on after the broker was there again: ${JSON.stringify(worker.said.slice(-3))}`)
      await run.finish()
    } finally {
      done()
    }
  },
}

export const brokers: readonly Scenario[] = [slow, killed]
