import { Worker } from 'node:worker_threads'
import { startThread, threadOptions } from '@tickets/core/node'

const NAME = 'tickets-parquet'

/**
 * Starts the thread that encodes. The URL is written out, so that bundlers which look for workers find it; others need `workerUrl`.
 *
 * From sources it is the `.ts` beside this file, which Node runs as it is: so tests go the way that applications go.
 */
export function startWorker(workerUrl?: string): Worker {
  if (workerUrl !== undefined) return startThread(workerUrl, NAME)
  const here = import.meta.url
  if (here.endsWith('/start-worker.ts')) return startThread(here.replace(/start-worker\.ts$/, 'parquet-worker.ts'), NAME)
  return new Worker(new URL('./parquet-worker.js', import.meta.url), threadOptions(NAME))
}
