import type { Schema } from '../../batch/batch.ts'
import { type RowPlan, rowPlan } from '../fast-decoder/rules.ts'
import type { MessagePiece } from './piece.ts'

/** Returns the plan of a schema that has one. */
export function planOf(schema: Schema<unknown>): RowPlan {
  const plan = rowPlan(schema)
  if (!plan) throw new Error(`${schema.name} has no plan`)
  return plan
}

/** Returns messages as a piece, from byte 7 on, as one that follows another does. */
export function pieceOf(messages: readonly (string | Uint8Array | null)[], more: Partial<MessagePiece> = {}): MessagePiece {
  const parts = messages.map((message) => (message === null ? null : Buffer.from(message as string)))
  const bytes = Buffer.concat([Buffer.from('{"at":1'), ...parts.map((part) => part ?? Buffer.alloc(0))])
  const [starts, ends] = [new Int32Array(parts.length), new Int32Array(parts.length)]
  let at = 7
  for (const [i, part] of parts.entries()) {
    starts[i] = at
    at += part?.length ?? 0
    ends[i] = part ? at : at - 1
  }
  return { bytes, starts, ends, timestamps: null, maxFuture: Number.POSITIVE_INFINITY, latest: Number.POSITIVE_INFINITY, ...more }
}
