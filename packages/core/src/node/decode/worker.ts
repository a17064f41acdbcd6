/**
 * The thread that decodes: an entry of its own, started by `worker-decoder.ts`. It imports neither zod nor Arrow, so that a thread costs
 * the decoder alone.
 */
import { parentPort } from 'node:worker_threads'
import { pieceDecoder } from '../../schema/kernel/kernel-decoder.ts'
import type { PieceDecoder } from '../../schema/kernel/piece.ts'
import { packColumns } from '../../store/pack-columns.ts'
import type { DecodeAnswer, DecodeJob, NumberedTexts } from './messages.ts'
import { TextNumbers } from './text-numbers.ts'

const port = parentPort
if (!port) throw new Error('decode-worker.js runs as a worker thread: sources start it')

const schemas = new Map<number, { readonly decode: PieceDecoder; readonly numbers: TextNumbers }>()
port.on('message', ({ id, schema, plan, piece, wanted }: DecodeJob) => {
  if (plan) schemas.set(schema, { decode: pieceDecoder(plan, plan.time), numbers: new TextNumbers() })
  const known = schemas.get(schema)
  if (!known) {
    port.postMessage({ id, decoded: null, texts: [] } satisfies DecodeAnswer)
    return
  }
  const decoded = known.decode(piece)
  const numbered = known.numbers.number(decoded.columns, decoded.rows, wanted)
  // All in one buffer: what is transferred costs more by the piece than by the byte.
  const { buffer, columns, others } = packColumns(
    decoded.columns,
    numbered.flatMap(({ numbers, ends, bytes }) => [numbers, ends, bytes]),
  )
  const texts = numbered.map((one, i) => ({ ...one, numbers: others[3 * i], ends: others[3 * i + 1], bytes: others[3 * i + 2] }) as NumberedTexts)
  port.postMessage({ id, decoded: { ...decoded, columns }, texts } satisfies DecodeAnswer, [buffer, decoded.odd.buffer])
})
