import { Worker } from 'node:worker_threads'
import { startThread, threadOptions } from '../thread.ts'

const NAME = 'tickets-decode'

/**
 * Starts the thread that decodes. The URL is written out, so that bundlers which look for workers find it; others need `decodeWorkerUrl`.
 *
 * From sources it is the `.ts` beside this file, which Node runs as it is: so tests go the way that applications go.
 */
export function startDecodeWorker(url: string | undefined): Worker {
  if (url !== undefined) return startThread(url, NAME)
  const here = import.meta.url
  if (here.endsWith('/start-worker.ts')) return startThread(here.replace(/start-worker\.ts$/, 'worker.ts'), NAME)
  return new Worker(new URL('./decode-worker.js', import.meta.url), threadOptions(NAME))
}
