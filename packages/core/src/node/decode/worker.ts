/**
 * The thread that decodes: an entry of its own, started by `worker-decoder.ts`. It imports neither zod nor Arrow, so that a thread costs
 * the decoder alone.
 */
import { parentPort } from 'node:worker_threads'
import { pieceDecoder } from '../../schema/kernel/kernel-decoder.ts'
import type { PieceDecoder } from '../../schema/kernel/piece.ts'
import { packColumns } from '../../store/pack-columns.ts'
import type { DecodeAnswer, DecodeJob } from './messages.ts'

const port = parentPort
if (!port) throw new Error('decode-worker.js runs as a worker thread: sources start it')

const decoders = new Map<number, PieceDecoder>()
port.on('message', ({ id, schema, plan, piece }: DecodeJob) => {
  if (plan) decoders.set(schema, pieceDecoder(plan, plan.time))
  const decoded = decoders.get(schema)?.(piece)
  if (!decoded) {
    port.postMessage({ id, decoded: null } satisfies DecodeAnswer)
    return
  }
  const { buffer, columns } = packColumns(decoded.columns)
  port.postMessage({ id, decoded: { ...decoded, columns } } satisfies DecodeAnswer, [buffer, decoded.odd.buffer])
})
