import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ticket, ticketStream } from '@tickets/core'
import { ensureTopic, produceTickets } from '@tickets/kafka-source'
import { apiKeys, type Fate, kafkaProxy, oneFault } from '../../packages/kafka-source/test/proxy.ts'
import { javaBroker } from '../broker/java.ts'

/** What is done to the n-th request of one API, and to no other. */
export interface Case {
  readonly api: keyof typeof apiKeys
  /** Counts from 1, over all connections of a run. */
  readonly call: number
  readonly fate: Fate & string
  /** The library for metadata, groups and offsets; kafkajs by default. */
  readonly driver?: 'kafkajs' | '@platformatic/kafka'
}

export interface Outcome {
  readonly how: string
  /** Rows in the output, and how many of them stand there more than once or not at all. */
  readonly rows: number
  readonly wrong: number
  readonly error?: string
  /** Whether the run made that call at all. */
  readonly wasHit: boolean
  /** Milliseconds from start to end, and from the result to the end of the process. */
  readonly took: number
  readonly lingered: number
}

const TICKETS = 4000
const GIVE_UP_MS = 120_000

/** A broker that tells clients to come through a proxy, with a topic to read. */
export async function lossyBroker() {
  let decide: Parameters<typeof kafkaProxy>[1] = () => 'pass'
  let behind = ''
  const proxy = await kafkaProxy(
    () => behind,
    (request) => decide(request),
  )
  const broker = await javaBroker({ advertised: proxy.port }).catch(async (error: unknown) => {
    await proxy.close()
    throw error
  })
  behind = broker.brokers[0] ?? ''
  const address = `127.0.0.1:${proxy.port}`
  const topic = `lost-${randomUUID().slice(0, 8)}`
  await ensureTopic({ brokers: [address], topic, partitions: 2, config: { 'retention.ms': '-1' } })
  await produceTickets({ brokers: [address], topic, schema: Ticket, source: ticketStream({ tickets: TICKETS }), partition: (_, i) => i % 2 })
  return {
    async run(one: Case): Promise<Outcome> {
      const folder = await mkdtemp(join(tmpdir(), 'tickets-lost-'))
      const fault = oneFault(one.fate, one.call, ({ apiKey }) => apiKey === apiKeys[one.api])
      decide = fault
      try {
        const { said, took, lingered } = await worker(address, topic, folder, one.driver ?? 'kafkajs')
        const { how, error } = JSON.parse(said || '{"how":"killed"}') as { how: string; error?: string }
        const ids = await written(join(folder, 'tickets'))
        const wrong = TICKETS - new Set(ids).size + ids.length - new Set(ids).size
        return { how, rows: ids.length, wrong, wasHit: fault.wasHit(), took, lingered, ...(error === undefined ? {} : { error }) }
      } finally {
        decide = () => 'pass'
        await rm(folder, { recursive: true, force: true })
      }
    },
    async stop() {
      await broker.stop()
      await proxy.close()
    },
  }
}

/** Runs the worker to its end, or ends it after a long time. */
async function worker(...args: string[]): Promise<{ said: string; took: number; lingered: number }> {
  const [packages = '', program = ''] = ['../crash/packages.ts', './worker.ts'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
  const child = spawn(process.execPath, ['--import', packages, program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const began = performance.now()
  let said = ''
  let saidAt = began
  child.stdout.on('data', (data) => {
    said += data
    saidAt = performance.now()
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS)
  await new Promise((done) => child.once('close', done))
  clearTimeout(timer)
  const ended = performance.now()
  return { said, took: Math.round(ended - began), lingered: Math.round(ended - saidAt) }
}

async function written(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => name.startsWith('part-'))
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as Ticket).ticket_id),
  )
}

/** What a good outcome says; a process may take a moment to end. */
export const isGood = ({ how, wrong, lingered }: Outcome): boolean => how === 'done' && wrong === 0 && lingered < 12_000
