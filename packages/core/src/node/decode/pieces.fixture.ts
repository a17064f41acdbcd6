import type { Schema } from '../../batch/batch.ts'
import { rowPlan } from '../../schema/fast-decoder/rules.ts'
import type { Piece, ThreadPlan } from './messages.ts'

/** Returns the plan of a schema, as a thread gets it. */
export function threadPlan(schema: Schema<unknown>, id = 0): ThreadPlan {
  const plan = rowPlan(schema)
  if (!plan) throw new Error(`${schema.name} has no plan`)
  return { ...plan, id, time: schema.fields.findIndex(({ name }) => name === schema.time) }
}

/** Returns messages as a piece in shared memory, one after the other from byte `start` on. */
export function pieceOf(messages: readonly string[], more: Partial<Piece> = {}, start = 0): Piece {
  const parts = messages.map((message) => new TextEncoder().encode(message))
  const shared = new SharedArrayBuffer(parts.reduce((sum, { length }) => sum + length, start))
  const [starts, ends] = [new Int32Array(parts.length), new Int32Array(parts.length)]
  let at = start
  for (const [i, part] of parts.entries()) {
    new Uint8Array(shared).set(part, at)
    starts[i] = at
    at += part.length
    ends[i] = at
  }
  return {
    bytes: new Uint8Array(shared),
    starts,
    ends,
    timestamps: null,
    maxFuture: Number.POSITIVE_INFINITY,
    latest: Number.POSITIVE_INFINITY,
    ...more,
  }
}
