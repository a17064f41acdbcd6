import { Worker, type WorkerOptions } from 'node:worker_threads'

/** What Node was started with holds for threads too; but one that is told how to read `-e` refuses to read a file. */
const options = (): WorkerOptions => ({
  name: 'tickets-parquet',
  ...(process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {}),
})

/**
 * Starts the thread that encodes. The URL is written out, so that bundlers which look for workers find it; others need `workerUrl`.
 *
 * From sources it is the `.ts` beside this file, which Node runs as it is: so tests go the way that applications go.
 */
export function startWorker(workerUrl?: string): Worker {
  if (workerUrl !== undefined) return new Worker(workerUrl.startsWith('file:') ? new URL(workerUrl) : workerUrl, options())
  const here = import.meta.url
  if (here.endsWith('/start-worker.ts')) return new Worker(new URL(here.replace(/start-worker\.ts$/, 'parquet-worker.ts')), options())
  return new Worker(new URL('./parquet-worker.js', import.meta.url), options())
}
