import { availableParallelism } from 'node:os'
import { TicketsError } from '../../base/errors.ts'
import { type Batch, type Decoded, internals, type Schema } from '../../batch/batch.ts'
import type { DecodeOptions, Slices } from '../../batch/message.ts'
import { decodesByZod } from '../../schema/define.ts'
import { isData, rowPlan } from '../../schema/fast-decoder/rules.ts'
import { pieceBatch } from '../../schema/kernel/piece-batch.ts'
import { giveCodes } from '../../store/given-codes.ts'
import { threadUrl } from '../thread.ts'
import type { Piece, ThreadPlan } from './messages.ts'
import { startDecodeWorker } from './start-worker.ts'
import { DecodeThread, type ThreadPiece } from './thread-decoder.ts'

/** Where messages are decoded. */
export interface DecodeThreadOptions {
  /**
   * Decode on a thread of its own while there is much to read; on by default if there is more than one core. A message that the thread cannot decode
   * without zod is decoded on the main thread, with the same result.
   */
  readonly decodeThread?: boolean | undefined
  /** Where `@tickets/core/decode-worker.js` lies, for applications that are bundled; a path or a `file:` URL. */
  readonly decodeWorkerUrl?: string | URL | undefined
}

/**
 * Decodes as `schema.decodeSlices` does. The slices may change as soon as it returns; what `keyOf` needs may not. Returns null at once if the caller
 * should decode on its own thread: there is nothing to decode, the worker is lost, or nearly all messages needed zod.
 */
export type WorkerDecoder<T> = (slices: Slices, options?: DecodeOptions) => Promise<Decoded<T>> | null

/** The threads by the URL of their worker. */
const threads = new Map<string | undefined, DecodeThread>()
const plans = new WeakMap<Schema<unknown>, ThreadPlan | null>()
let nextPlan = 0

/** A source stops using the thread when the pieces most of whose messages needed zod outnumber the others by this many. */
const MAX_DOUBT = 4

function planOf(schema: Schema<unknown>): ThreadPlan | null {
  const known = plans.get(schema)
  if (known !== undefined) return known
  // A `decode` of the user's own is a function of this thread.
  const plan = decodesByZod(schema) ? rowPlan(schema) : null
  const made = plan && isData(plan) ? { ...plan, id: nextPlan++, time: schema.fields.findIndex(({ name }) => name === schema.time) } : null
  plans.set(schema, made)
  return made
}

function threadOf(given: string | URL | undefined): DecodeThread {
  const url = threadUrl(given)
  const thread = threads.get(url) ?? new DecodeThread(() => startDecodeWorker(url))
  threads.set(url, thread)
  return thread
}

/** Tells who needs codes of a batch's texts what the thread says of them. */
function giveTexts(batch: Batch<unknown>, texts: ThreadPiece['texts']): void {
  for (const [f, data] of internals.columns(batch).entries()) {
    const given = texts[f]
    if (given) giveCodes(data, given)
  }
}

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

/**
 * Returns a function that decodes on another thread. Returns null if `decodeThread` is false, by default on one core, or if the schema has a `decode` or
 * a column has checks of the user's own: those are functions of this thread.
 *
 * @throws `OPTION_INVALID`
 */
export function workerDecoder<T>(schema: Schema<T>, options: DecodeThreadOptions = {}): WorkerDecoder<T> | null {
  const { decodeThread = availableParallelism() > 1, decodeWorkerUrl } = options
  if (typeof decodeThread !== 'boolean') throw new TicketsError('OPTION_INVALID', `decodeThread is true or false, got ${String(decodeThread)}`)
  const plan = decodeThread ? planOf(schema) : null
  if (!plan) return null
  const thread = threadOf(decodeWorkerUrl)
  let doubt = 0
  const decode = async (slices: Slices, options: DecodeOptions): Promise<Decoded<T>> => {
    const { length = slices.starts.length, keyOf } = slices
    const piece = pieceOf(thread, slices, options)
    const offsets = slices.offsets.slice(0, length)
    const decoded = await thread.decode(plan, piece)
    const odd = decoded?.odd.length ?? length
    doubt = Math.max(0, doubt + (odd * 2 > length ? 1 : -1))
    const { bytes, starts, ends, timestamps } = piece
    const copy: Slices = { bytes, starts, ends, offsets, ...(timestamps ? { timestamps } : {}), ...(keyOf ? { keyOf: keyOf.bind(slices) } : {}) }
    const made = decoded ? pieceBatch(schema, decoded, copy, options) : schema.decodeSlices({ ...copy, bytes: bytes.slice() }, options)
    // With rows of this thread in between, the numbers are not those of the rows.
    if (decoded?.rows === made.batch.length) giveTexts(made.batch, decoded.texts)
    thread.free(bytes.buffer)
    return made
  }
  return (slices, options = {}) => {
    const { length = slices.starts.length } = slices
    return length === 0 || thread.isBroken || doubt >= MAX_DOUBT ? null : decode(slices, options)
  }
}
