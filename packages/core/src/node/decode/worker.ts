/**
 * The thread that decodes: an entry of its own, started by `worker-decoder.ts`. It imports neither zod nor Arrow, so that a thread costs
 * the decoder alone.
 */
import { parentPort } from 'node:worker_threads'
import { buffersOf, fastDecoder } from './fast-decoder.ts'
import type { DecodeAnswer, DecodeJob } from './messages.ts'

const port = parentPort
if (!port) throw new Error('decode-worker.js runs as a worker thread: sources start it')

const decoders = new Map<number, ReturnType<typeof fastDecoder>>()
port.on('message', ({ id, schema, plan, piece }: DecodeJob) => {
  if (plan) decoders.set(schema, fastDecoder(plan))
  const columns = decoders.get(schema)?.(piece) ?? null
  const buffers = (columns ?? []).flatMap(buffersOf)
  port.postMessage({ id, columns } satisfies DecodeAnswer, buffers)
})
