import { resolve } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * What a thread of ours makes beside its buffers lives shortly: with more room for it the collector only comes later, and the process is larger. Old
 * objects are not limited, since a limit ends the thread.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }

/** Returns the options of a thread. Threads inherit Node's flags, but with `--input-type` (for `-e`) a thread refuses to read a file, so it gets none. */
export const threadOptions = (name: string): WorkerOptions => ({
  name,
  resourceLimits,
  ...(process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {}),
})

/** Returns the place of a thread's file that an application gave, as an absolute path or `file:` URL, so that the same place has the same text. */
export function threadUrl(url: string | URL | undefined): string | undefined {
  if (url === undefined) return undefined
  const text = String(url)
  return text.startsWith('file:') ? text : resolve(text)
}

/** Starts a thread of a file: a path or a `file:` URL. `workerData` is what it is given at its start. */
export function startThread(url: string, name: string, workerData?: unknown): Worker {
  return new Worker(url.startsWith('file:') ? new URL(url) : url, { ...threadOptions(name), workerData })
}
