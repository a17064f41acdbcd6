import type { Decoded, Schema } from '../../batch/batch.ts'
import type { DecodeOptions, Slices } from '../../batch/message.ts'
import { packMessages } from '../../schema/kernel/pack-messages.ts'
import type { Piece } from './messages.ts'
import { type DecodeThreadOptions, useThread } from './shared-thread.ts'
import type { DecodeThread } from './thread-decoder.ts'

/**
 * Decodes as `schema.decodeSlices` does. The slices may change as soon as it returns; what `keyOf` needs may not. Returns null at once if the caller
 * should decode on its own thread: there is nothing to decode, the worker is lost, or nearly all messages needed zod.
 */
export type WorkerDecoder<T> = (slices: Slices, options?: DecodeOptions) => Promise<Decoded<T>> | null

/** A copy of the slices without what lies around them, in memory that threads share. */
function pieceOf(thread: DecodeThread, { bytes, starts, ends, timestamps, length = starts.length }: Slices, options: DecodeOptions): Piece {
  const { maxFuture = Number.POSITIVE_INFINITY, reference = Number.POSITIVE_INFINITY } = options
  let [from, to] = [Number.POSITIVE_INFINITY, 0]
  for (let i = 0; i < length; i++) {
    from = Math.min(from, starts[i] as number)
    to = Math.max(to, starts[i] as number, ends[i] as number)
  }
  const copy = new Uint8Array(thread.memory(to - from), 0, to - from)
  copy.set(bytes.subarray(from, to))
  const moved = (places: Int32Array) => places.subarray(0, length).map((at) => at - from)
  return {
    bytes: copy,
    starts: moved(starts),
    ends: moved(ends),
    timestamps: timestamps?.slice(0, length) ?? null,
    maxFuture,
    latest: reference + maxFuture,
  }
}

/** Returns a function that decodes on another thread. Returns null where there is none for this schema, as `useThread`. */
export function workerDecoder<T>(schema: Schema<T>, options: DecodeThreadOptions = {}): WorkerDecoder<T> | null {
  const use = useThread(schema, options)
  if (!use) return null
  const { thread, plan } = use
  const decode = async (slices: Slices, options: DecodeOptions): Promise<Decoded<T>> => {
    const { length = slices.starts.length } = slices
    const piece = pieceOf(thread, slices, options)
    const offsets = slices.offsets.slice(0, length)
    const decoded = await thread.decode(plan, piece)
    const { bytes, starts, ends, timestamps } = piece
    const keyOf = slices.keyOf && ((i: number) => slices.keyOf?.(i) ?? null)
    const more = { ...(timestamps ? { timestamps } : {}), ...(keyOf ? { keyOf } : {}) }
    // Not shared: what is rejected is a view of it, and not every function takes shared memory.
    if (!decoded) return schema.decodeSlices({ bytes: bytes.slice(), starts, ends, offsets, ...more }, options)
    const odd = packMessages(piece, decoded.odd)
    thread.free(bytes.buffer)
    return use.batchOf(decoded, offsets, { ...odd, ...more }, options)
  }
  return (slices, options = {}) => {
    const { length = slices.starts.length } = slices
    return length === 0 || !use.isWorthwhile ? null : decode(slices, options)
  }
}
