import { Worker } from 'node:worker_threads'
import type { IpcJob } from './parquet-job.ts'
import { type PoolOptions, WorkerPool } from './worker-pool.ts'

/** A thread that speaks as ours and does what a job's footer says; `n` counts what it has done. */
const script = `
const { parentPort, workerData } = require('node:worker_threads')
if (workerData.broken) throw new Error('no such module')
let n = 0
const files = new Map()
parentPort.on('message', ({ id, job, drop }) => {
  if (drop !== undefined) return files.delete(drop)
  const what = job.footer.get('do')
  n++
  if (what === 'exit') process.exit(7)
  if (what === 'throw') throw new Error('out of its mind')
  if (what === 'exit at first' && !new Int32Array(workerData.shared)[0]++) process.exit(7)
  if (what === 'fail') return parentPort.postMessage({ kind: 'failed', id, reason: 'cannot hold this', trapped: false })
  if (what === 'trap') return parentPort.postMessage({ kind: 'failed', id, reason: 'unreachable', trapped: true })
  if (what === 'wait') Atomics.wait(new Int32Array(workerData.shared), 1, 0)
  const memory = Number(job.footer.get('memory') ?? 0)
  if (what === 'piece') {
    files.set(job.file, [...(files.get(job.file) ?? []), job.before, job.footer.get('name')])
    return parentPort.postMessage({ kind: 'done', id, parts: [], spare: [], memory })
  }
  const said = what === 'end' ? [...(files.get(job.file) ?? []), job.footer.get('name')].join() : job.footer.get('name') + ':' + n + ':' + job.ipc.byteLength
  parentPort.postMessage({ kind: 'done', id, parts: [new TextEncoder().encode(said)], spare: [], memory })
})
parentPort.postMessage({ kind: 'ready' })`

const pools: WorkerPool[] = []
export const started: Worker[] = []
const shared = new SharedArrayBuffer(8)
export const flags = new Int32Array(shared)

export function poolOf(options: Partial<PoolOptions> & { size?: number; broken?: boolean } = {}): WorkerPool {
  const { size = 1, broken = false, ...rest } = options
  const start = () => {
    const worker = new Worker(script, { eval: true, workerData: { broken, shared } })
    worker.on('error', () => {})
    started.push(worker)
    return worker
  }
  const pool = new WorkerPool({ start, maxBytes: 1000, idle: 60_000, maxMemory: 100, ...rest })
  pool.size = size
  pools.push(pool)
  return pool
}

export const jobOf = (name: string, what = 'ok', more: Record<string, string> = {}): IpcJob => ({
  kind: 'ipc',
  ipc: new ArrayBuffer(10),
  enums: [],
  texts: [],
  times: [],
  numbers: [],
  settings: { compression: 'SNAPPY', rowGroupRows: 1, plain: false },
  footer: new Map(Object.entries({ name, do: what, ...more })),
})

export const text = async (parts: Promise<readonly Uint8Array[]>) => Buffer.concat(await parts).toString()
export const run = (pool: WorkerPool, name: string, what?: string, more?: Record<string, string>, bytes = 10) =>
  text(pool.encode(bytes, () => jobOf(name, what, more)))

/** Releases threads that wait. */
export function wake(): void {
  Atomics.store(flags, 1, 1)
  Atomics.notify(flags, 1)
}

/** Ends everything that a test has started. */
export async function endAll(): Promise<void> {
  wake()
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
  await Promise.all(started.splice(0).map((worker) => worker.terminate()))
  flags.fill(0)
}
