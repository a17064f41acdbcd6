/**
 * The thread that encodes Parquet: an entry of its own, started by `thread-encoder.ts`. It has no import of `@tickets/core` that runs, so that a
 * thread costs the encoder alone.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { loadEncoder } from './load-encoder.ts'
import type { WorkerAnswer, WorkerDrop, WorkerJob, WorkerStart } from './messages.ts'
import { isTrap } from './parquet-wasm.ts'

const port = parentPort
if (!port) throw new Error('parquet-worker.js runs as a worker thread: it is started by parquetSink')

const answer = (message: WorkerAnswer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

const encoder = await loadEncoder((workerData as WorkerStart).engine)
// After a trap nothing is known of the memory of the instance: it is not used again, and what waits is done by another thread.
let trapped = false
port.on('message', (message: WorkerJob | WorkerDrop) => {
  if (trapped) return
  if ('drop' in message) return encoder.drop(message.drop)
  const { id, job } = message
  try {
    const { parts, spare } = encoder.encode(job)
    answer({ kind: 'done', id, parts, spare, memory: encoder.memory }, [...parts.map(({ buffer }) => buffer), ...spare])
  } catch (error) {
    trapped = isTrap(error)
    answer({ kind: 'failed', id, reason: String((error as { message?: unknown } | null)?.message ?? error), trapped })
  }
})
answer({ kind: 'ready' })
