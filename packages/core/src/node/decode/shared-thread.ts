import { availableParallelism } from 'node:os'
import { TicketsError } from '../../base/errors.ts'
import { type Decoded, internals, type Schema } from '../../batch/batch.ts'
import { lend } from '../../batch/lent-memory.ts'
import type { DecodeOptions } from '../../batch/message.ts'
import { decodesByZod } from '../../schema/define.ts'
import { isData, rowPlan } from '../../schema/fast-decoder/rules.ts'
import { type OddMessages, pieceBatch } from '../../schema/kernel/piece-batch.ts'
import { giveCodes } from '../../store/given-codes.ts'
import { threadUrl } from '../thread.ts'
import type { ThreadPlan } from './messages.ts'
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

/** The use that one source makes of the thread. */
export class ThreadUse<T> {
  readonly schema: Schema<T>
  readonly thread: DecodeThread
  readonly plan: ThreadPlan
  #doubt = 0

  constructor(schema: Schema<T>, thread: DecodeThread, plan: ThreadPlan) {
    this.schema = schema
    this.thread = thread
    this.plan = plan
  }

  /** Whether the thread works, and leaves few messages to this one. */
  get isWorthwhile(): boolean {
    return !this.thread.isBroken && this.#doubt < MAX_DOUBT
  }

  /** Makes the batch of a piece, and decodes the messages that the thread left. */
  batchOf(piece: ThreadPiece, offsets: Float64Array, odd: OddMessages, options: DecodeOptions): Decoded<T> {
    this.#doubt = Math.max(0, this.#doubt + (piece.odd.length > piece.rows ? 1 : -1))
    const decoded = pieceBatch(this.schema, piece, offsets, odd, options)
    // With rows of this thread in between, the numbers of the texts are not those of the rows.
    if (decoded.batch.length === piece.rows) {
      for (const [f, data] of internals.columns(decoded.batch).entries()) {
        const given = piece.texts[f]
        if (given) giveCodes(data, given)
      }
      const { buffer } = piece.odd
      if (piece.odd.length === 0) lend(decoded.batch, () => this.thread.giveBack(buffer))
    }
    return decoded
  }
}

/**
 * Returns the use of a thread. Returns null if `decodeThread` is false, by default on one core, or if the schema has a `decode` or a column has checks of
 * the user's own: those are functions of this thread.
 *
 * @throws `OPTION_INVALID`
 */
export function useThread<T>(schema: Schema<T>, options: DecodeThreadOptions = {}): ThreadUse<T> | null {
  const { decodeThread = availableParallelism() > 1, decodeWorkerUrl } = options
  if (typeof decodeThread !== 'boolean') throw new TicketsError('OPTION_INVALID', `decodeThread is true or false, got ${String(decodeThread)}`)
  const plan = decodeThread ? planOf(schema) : null
  return plan && new ThreadUse(schema, threadOf(decodeWorkerUrl), plan)
}
