/**
 * The thread that decodes: an entry of its own, started by `shared-thread.ts`. It imports neither zod nor Arrow, so that a thread costs
 * the decoder alone.
 */
import { parentPort } from 'node:worker_threads'
import type { DecodeJob, ThreadOrder } from './messages.ts'
import { ThreadWork } from './thread-work.ts'

const port = parentPort
if (!port) throw new Error('decode-worker.js runs as a worker thread: sources start it')

const work = new ThreadWork()
/** Jobs are done in their order, and a reading is forgotten after those before. */
let last: Promise<void> = Promise.resolve()
port.on('message', (message: DecodeJob | ThreadOrder) => {
  if ('hurry' in message) {
    work.hurry(message.hurry)
    return
  }
  last = last.then(async () => {
    if ('forget' in message) {
      work.forget(message.forget)
      return
    }
    const { answer, transfer } = await work.answer(message)
    port.postMessage(answer, transfer)
  })
})
