import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { TicketsError } from '@tickets/core'
import { startThread, threadOptions, threadUrl } from '@tickets/core/internal'
import { packBuffers } from '../pack/pack-table.ts'
import type { JobEncoder } from './job-encoder.ts'
import { loadEncoder } from './load-encoder.ts'
import { loadError } from './load-error.ts'
import type { WorkerStart } from './messages.ts'
import type { Engine, ParquetJob } from './parquet-job.ts'
import { isTrap } from './parquet-wasm.ts'
import { StreamedFile } from './streamed-file.ts'
import type { Bytes } from './task.ts'
import { WorkerPool, WorkersUnavailable } from './worker-pool.ts'

/** Where Parquet is encoded. */
export interface EncodeOptions {
  /**
   * Threads that encode, for all Parquet sinks of the process together: the largest number that one of them asks for. Files of zstd and gzip have as
   * many of their own. 0 encodes on the main thread.
   * One by default, two from three cores on.
   */
  readonly encodeWorkers?: number | undefined
  /** Where `@tickets/sinks/parquet-worker.js` lies, for applications that are bundled; a path or a `file:` URL. */
  readonly workerUrl?: string | URL | undefined
}

const NAME = 'tickets-parquet'

/**
 * Starts the thread that encodes. The URL is written out, so that bundlers which look for workers find it; others need `workerUrl`.
 *
 * From sources it is the `.ts` beside this file, which Node runs as it is: so tests go the way that applications go.
 */
export function startWorker(engine: Engine, workerUrl?: string): Worker {
  const start: WorkerStart = { engine }
  if (workerUrl !== undefined) return startThread(workerUrl, NAME, start)
  const here = import.meta.url
  if (here.endsWith('/thread-encoder.ts')) return startThread(here.replace(/thread-encoder\.ts$/, 'parquet-worker.ts'), NAME, start)
  return new Worker(new URL('./parquet-worker.js', import.meta.url), { ...threadOptions(NAME), workerData: start })
}

/** Half of the default `memory` of a pipeline, where it ends its ranges. */
const MAX_BYTES = 32 * 2 ** 20
/** Our own writer needs memory for one page at a time, parquet-wasm for a whole file. */
const MAX_MEMORY: Readonly<Record<Engine, number>> = { table: 48 * 2 ** 20, ipc: 160 * 2 ** 20 }
/** Twice the default time of a range, so that a slow stream keeps its thread; in milliseconds. */
const IDLE = 60_000

const defaultWorkers = (): number => Math.max(1, Math.min(2, availableParallelism() - 1))

/** By what the workers load and where they come from. */
const pools = new Map<string, WorkerPool>()

function poolFor(engine: Engine, workerUrl: string | undefined, size: number): WorkerPool {
  const key = `${engine} ${workerUrl ?? ''}`
  let pool = pools.get(key)
  if (!pool) {
    const start = () => startWorker(engine, workerUrl)
    pool = new WorkerPool({ start, maxBytes: MAX_BYTES, idle: IDLE, maxMemory: MAX_MEMORY[engine] })
    pools.set(key, pool)
  }
  pool.size = Math.max(pool.size, size)
  return pool
}

/** What encodes on this thread. */
const here = new Map<Engine, Promise<JobEncoder<ParquetJob>>>()
let trap: unknown = null

function loadHere(engine: Engine): Promise<JobEncoder<ParquetJob>> {
  let loading = here.get(engine)
  if (!loading) {
    loading = loadEncoder(engine).catch((cause: unknown): never => {
      here.delete(engine)
      throw loadError(cause)
    })
    here.set(engine, loading)
  }
  return loading
}

/** On this thread. After a trap nothing is known of the memory of its one instance of parquet-wasm, so it is not used again. */
async function encodeHere(engine: Engine, make: () => ParquetJob): Promise<readonly Bytes[]> {
  const encoder = await loadHere(engine)
  if (trap && engine === 'ipc')
    throw new TicketsError('ENCODER_FAILED', 'parquet-wasm failed before and cannot be used again in this process: start it anew', { cause: trap })
  const job = make()
  try {
    const { parts, spare } = encoder.encode(job)
    for (const buffer of spare) packBuffers.give(buffer)
    return parts
  } catch (error) {
    if (isTrap(error) && engine === 'table') here.delete(engine)
    else if (isTrap(error)) trap = error
    throw error
  }
}

let warned = false

function warn({ message }: WorkersUnavailable): void {
  if (warned) return
  warned = true
  process.emitWarning(`no thread can be started (${message})`, {
    type: 'TicketsWarning',
    code: 'TICKETS_ENCODE_IN_PROCESS',
    detail:
      'Parquet is encoded on the main thread, which gives the same files and takes its time. A bundled application sets `workerUrl` to a copy of @tickets/sinks/parquet-worker.js; `encodeWorkers: 0` asks for this and says nothing.',
  })
}

/** Encodes Parquet files: on threads that all sinks share, or on the main thread where threads are unwanted or unavailable. */
export interface ParquetThreads {
  /** Encodes a whole file of about so many bytes, which `make` packs; a thread that is lost is replaced, and the file packed again. */
  encode(bytes: number, make: () => ParquetJob): Promise<readonly Bytes[]>
  /** Begins a file whose rows come piece by piece. */
  open(): StreamedFile
}

/**
 * Returns what encodes the files of one sink.
 *
 * @throws `OPTION_INVALID` at once
 */
export function parquetThreads(engine: Engine, { encodeWorkers = defaultWorkers(), workerUrl }: EncodeOptions): ParquetThreads {
  if (!(Number.isInteger(encodeWorkers) && encodeWorkers >= 0 && encodeWorkers <= 64)) {
    throw new TicketsError('OPTION_INVALID', `encodeWorkers is a whole number from 0 to 64, got ${String(encodeWorkers)}`)
  }
  const url = threadUrl(workerUrl)
  const pool = () => (encodeWorkers === 0 ? null : poolFor(engine, url, encodeWorkers))
  return {
    async encode(bytes, make) {
      const threads = pool()
      if (!threads) return encodeHere(engine, make)
      try {
        return await threads.encode(bytes, make)
      } catch (error) {
        if (!(error instanceof WorkersUnavailable)) throw error
        warn(error)
        return encodeHere(engine, make)
      }
    },
    open: () =>
      new StreamedFile({
        pooled: pool()?.open() ?? null,
        here: (make) => encodeHere(engine, make),
        dropHere: (file) =>
          void here.get(engine)?.then(
            (encoder) => encoder.drop(file),
            () => {},
          ),
        warn,
      }),
  }
}
