import { resolve } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** What Node was started with holds for threads too; but a thread with the flag for `-e` refuses to read a file. */
export const threadOptions = (name: string): WorkerOptions => ({
  name,
  ...(process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {}),
})

/** Where an application says that a thread's file lies: an absolute path or a `file:` URL, the same for the same place. */
export function threadUrl(given: string | URL | undefined): string | undefined {
  if (given === undefined) return undefined
  const text = String(given)
  return text.startsWith('file:') ? text : resolve(text)
}

/** Starts a thread of a file: a path or a `file:` URL. */
export function startThread(url: string, name: string): Worker {
  return new Worker(url.startsWith('file:') ? new URL(url) : url, threadOptions(name))
}
