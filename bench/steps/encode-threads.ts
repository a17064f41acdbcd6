/**
 * What threads that encode Parquet take off the main thread: `node bench/steps/encode-threads.ts [--tickets 200000] [--repeats 5] [--json]`, on the
 * built packages. Each variant runs in processes of its own, in turns; a round decodes five ranges of `tickets`, each while the last one is encoded.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Ticket, ticketStream } from '@tickets/core'
import { parquetSink } from '@tickets/sinks'
import { printResult } from '../shared/print.ts'
import { spread } from '../shared/statistics.ts'
import { stepOptions } from './steps.ts'

interface Round {
  /** Microseconds a row. */
  readonly total: number
  readonly main: number
  readonly megabytes: number
}

const RANGES = 5
const CHUNK = 5000
const variants = { 'decoded only': '-', 'encoded on the main thread': '0', 'encoded on one thread': '1', 'encoded on two threads': '2' } as const

/** The CPU time of this thread, in microseconds. */
function cpuTime(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

async function round(tickets: number, encodeWorkers: string): Promise<Round> {
  const value = [...ticketStream({ seed: 1, tickets: CHUNK })].map((ticket) => Buffer.from(JSON.stringify(ticket)))
  const messages = value.map((bytes, offset) => ({ value: bytes, offset }))
  const home = await mkdtemp(join(tmpdir(), 'tickets-steps-'))
  try {
    const sink = encodeWorkers === '-' ? null : parquetSink(home, { encodeWorkers: Number(encodeWorkers) })
    const writer = await sink?.open({ logId: 'log1', task: 'tickets-0', flow: 'tickets' }, Ticket)
    const range = async (n: number, staged: Promise<unknown>) => {
      for (let rows = 0; rows < tickets; rows += CHUNK) {
        const { batch } = Ticket.decode(messages)
        await writer?.write(batch)
        // As a task does, so that files are written meanwhile.
        await new Promise((done) => setImmediate(done))
      }
      await staged
      return { next: writer?.stage(n, 'a', { from: n, to: n + 1, empty: false }) ?? Promise.resolve() }
    }
    // The first range warms up.
    await (await range(0, Promise.resolve())).next
    const [start, cpu] = [performance.now(), cpuTime()]
    let staged: Promise<unknown> = Promise.resolve()
    for (let n = 1; n <= RANGES; n++) staged = (await range(n, staged)).next
    await staged
    const rows = tickets * RANGES
    return { total: ((performance.now() - start) * 1000) / rows, main: (cpuTime() - cpu) / rows, megabytes: process.resourceUsage().maxRSS / 1024 }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

const asked = process.env.TICKETS_ENCODE_WORKERS
const options = stepOptions({ repeats: 5 })
if (asked !== undefined) console.log(JSON.stringify(await round(options.tickets, asked)))
else {
  const rounds = new Map<string, Round[]>(Object.keys(variants).map((name) => [name, []]))
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    for (const [name, workers] of Object.entries(variants)) {
      const env = { ...process.env, TICKETS_ENCODE_WORKERS: workers }
      const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), '--tickets', String(options.tickets)], { env })
      rounds.get(name)?.push(JSON.parse(stdout) as Round)
    }
  }
  const middle = (name: string, of: keyof Round) => spread((rounds.get(name) ?? []).map((one) => one[of])).median
  const least = 'decoded only'
  const results = Object.keys(variants).map((name) => ({
    step: name,
    'µs a row': Number(middle(name, 'total').toFixed(3)),
    'µs of the main thread': Number(middle(name, 'main').toFixed(3)),
    'for encoding': Number((middle(name, 'main') - middle(least, 'main')).toFixed(3)),
    'peak MB': Math.round(middle(name, 'megabytes')),
  }))
  printResult(
    { of: 'a row', tickets: options.tickets, repeats: options.repeats, node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length },
    results,
    options.json,
  )
}
