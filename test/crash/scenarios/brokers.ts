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
      if (!worker.ended) run.errors.push(`did not continue after the broker was there again: ${JSON.stringify(worker.said.slice(-3))}`)
      await run.finish()
    } finally {
      done()
    }
  },
}

const expired: Scenario = {
  name: 'a range slower than its transaction into a topic',
  weight: 2,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic({ poison: 0.1 })
    await run.sendToTopics()
    const proxy = await delaying(run.bench.brokers[0] ?? '', () => random.int(4, 12))
    const retries = random.int(0, 2)
    const short = { transactionTimeout: 500, batchBytes: 1, rangeRows: 600, rangeTime: 20_000, retries }
    try {
      // Not in one range of the topic: the next process recovers what this one recorded, and sends it in time.
      const worker = await run.stops(['SINK_FAILED'], { through: proxy.port, ...short })
      const [error, tries] = [worker.failure?.error ?? '', worker.said.filter((said) => 'warn' in said && said.warn.includes('is opened again'))]
      if (worker.failure && !/longer than transactionTimeout \(500 ms\).*transaction\.max\.timeout\.ms/.test(error))
        run.errors.push(`says nothing of its timeouts: ${error}`)
      // What brings a commit begins to count anew.
      const most = Math.max(0, ...tries.map((said) => Number(/\(try (\d+)\)/.exec('warn' in said ? said.warn : '')?.[1])))
      if (most > retries) run.errors.push(`was opened again ${most} times in a row with ${retries} retries`)
      run.note(`opened again ${tries.length} times of ${retries} each`)
    } finally {
      proxy.close()
    }
  },
}

export const brokers: readonly Scenario[] = [slow, killed, expired]
