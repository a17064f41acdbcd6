import { Worker, type WorkerOptions } from 'node:worker_threads'

const options: WorkerOptions = { name: 'tickets-parquet' }

/**
 * Starts the thread that encodes. The URL is written out, so that bundlers which look for workers find it; others need `workerUrl`.
 *
 * From sources it is the `.ts` beside this file, which Node runs as it is: so tests go the way that applications go.
 */
export function startWorker(workerUrl?: string): Worker {
  if (workerUrl !== undefined) return new Worker(workerUrl.startsWith('file:') ? new URL(workerUrl) : workerUrl, options)
  const here = import.meta.url
  if (here.endsWith('/start-worker.ts')) return new Worker(new URL(here.replace(/start-worker\.ts$/, 'parquet-worker.ts')), options)
  return new Worker(new URL('./parquet-worker.js', import.meta.url), options)
}
