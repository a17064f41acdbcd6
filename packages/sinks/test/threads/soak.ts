/** Encodes many files of changing sizes, on a thread or here, and says what memory that took on the way. */
import { Batch, Ticket, ticketStream } from '@tickets/core'
import { packIpc } from '../../src/pack/pack-ipc.ts'
import { packTable } from '../../src/pack/pack-table.ts'
import { loadEncoder } from '../../src/parquet/load-encoder.ts'
import { type Engine, newFile, type ParquetJob } from '../../src/parquet/parquet-job.ts'
import { startWorker } from '../../src/parquet/thread-encoder.ts'
import { WorkerPool } from '../../src/parquet/worker-pool.ts'

const [where = '', count = '0', kind = ''] = process.argv.slice(2)
const engine: Engine = kind === 'ipc' ? 'ipc' : 'table'
/** By then the heap is as large as it has to be. */
const FIRST = 500
const all = [...ticketStream({ seed: 1, tickets: 2000 })]
const batches = Array.from({ length: 20 }, (_, i) => Batch.of(Ticket, all.slice(0, 100 * (i + 1))))
let memory = 0
let threads = 0

const start = () => {
  threads++
  const worker = startWorker(engine)
  worker.on('message', (answer: { memory?: number }) => {
    memory = answer.memory ?? memory
  })
  return worker
}
const pool = new WorkerPool({ start, maxBytes: 1 << 20, idle: 60_000, maxMemory: Number.POSITIVE_INFINITY })
const here = where === 'here' ? await loadEncoder(engine) : null

async function encode(batch: Batch<Ticket>): Promise<number> {
  const settings = { compression: 'SNAPPY', rowGroupRows: 1 << 20, plain: false } as const
  const footer = new Map([['tickets', '{}']])
  const make = (): ParquetJob =>
    engine === 'table'
      ? { kind: 'table', file: newFile(), before: 0, table: packTable(Ticket, [batch]), settings, footer }
      : { kind: 'ipc', ...packIpc(Ticket, [batch]), times: ['created_at'], numbers: [], settings, footer }
  const parts = here ? here.encode(make()).parts : await pool.encode(batch.bytes, make)
  if (here) memory = here.memory
  return parts.reduce((sum, part) => sum + part.length, 0)
}

/** The least that is found in a second: buffers are freed a while after they were collected, on another thread. */
async function rss(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 10; i++) {
    globalThis.gc?.()
    await new Promise((done) => setTimeout(done, 100))
    least = Math.min(least, process.memoryUsage().rss)
  }
  return least
}

let bytes = 0
const seen: { memory: number; rss: number }[] = []
for (let i = 0; i < Number(count); i++) {
  bytes += await encode(batches[(i * 7) % batches.length] as Batch<Ticket>)
  if (i + 1 === FIRST || i + 1 === Number(count)) seen.push({ memory, rss: await rss() })
}
console.log(JSON.stringify({ bytes, threads, seen }))
