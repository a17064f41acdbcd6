import type { Worker } from 'node:worker_threads'
import { messageOf } from '../../base/errors.ts'
import type { DecodedPiece } from '../../schema/kernel/piece.ts'
import type { GivenCodes } from '../../store/given-codes.ts'
import type { DecodeAnswer, DecodeJob, LinesToRead, Piece, ReadLines, ThreadOrder, ThreadPlan } from './messages.ts'
import { ThreadTexts } from './thread-texts.ts'

/** After so many milliseconds without work the thread is ended. */
const IDLE_MS = 60_000
/** Memory that is used again, at the most; a piece has about a megabyte. */
const MAX_SPARE_BUFFERS = 4
const MIN_BUFFER_BYTES = 1 << 16

/** A piece that a thread has decoded, and what it says of the texts of each column; null where a column has none. */
export interface ThreadPiece extends DecodedPiece {
  readonly texts: readonly (GivenCodes | null)[]
  /** The lines, where there were lines to read. */
  readonly lines: ReadLines | null
}

/** What is done with the answer to a job. */
interface Waiting {
  readonly texts: ThreadTexts
  readonly settle: (piece: ThreadPiece | null) => void
  readonly fail: (error: Error) => void
}

/** A thread that decodes, for all sources of the process. It is started when there is work, and holds the process only while it has some. */
export class DecodeThread {
  readonly #start: () => Worker
  readonly #waiting = new Map<number, Waiting>()
  /** The texts of each plan that the thread knows. */
  readonly #texts = new Map<number, ThreadTexts>()
  readonly #spare: SharedArrayBuffer[] = []
  /** Memory of answers that goes back with the next job. */
  #returned: ArrayBuffer[] = []
  #worker: Worker | null = null
  #timer: NodeJS.Timeout | undefined
  #next = 0
  #isBroken = false

  /** @param start may throw */
  constructor(start: () => Worker) {
    this.#start = start
  }

  /** It cannot be started, or has ended by itself: then it is not started again. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /**
   * Decodes a piece, or the next lines of a file; null where the thread is lost. Rejects where the file cannot be read.
   *
   * @param signal when it aborts, reading returns with what there is
   */
  async decode(plan: ThreadPlan, piece: Piece | LinesToRead, signal?: AbortSignal): Promise<ThreadPiece | null> {
    const worker = this.#hire()
    if (!worker) return null
    const known = this.#texts.get(plan.id)
    const texts = known ?? new ThreadTexts(plan.fields)
    this.#texts.set(plan.id, texts)
    const job: DecodeJob = { id: this.#next++, schema: plan.id, plan: known ? null : plan, piece, wanted: texts.wanted, spare: this.#returned }
    this.#returned = []
    clearTimeout(this.#timer)
    worker.ref()
    const hurry = () => this.order({ hurry: job.id })
    try {
      return await new Promise((settle, fail) => {
        this.#waiting.set(job.id, { texts, settle, fail })
        worker.postMessage(job, [...job.spare])
        if (signal?.aborted) hurry()
        else signal?.addEventListener('abort', hurry)
      })
    } finally {
      signal?.removeEventListener('abort', hurry)
    }
  }

  /** Gives the thread an order, if there is one. */
  order(order: ThreadOrder): void {
    this.#worker?.postMessage(order)
  }

  /** Memory for a piece of so many bytes. */
  memory(bytes: number): SharedArrayBuffer {
    const spare = this.#spare.pop()
    return spare && spare.byteLength >= bytes ? spare : new SharedArrayBuffer(Math.max(bytes, MIN_BUFFER_BYTES))
  }

  /** The piece in this memory is done with, on both threads. */
  free(shared: SharedArrayBuffer): void {
    if (this.#worker && this.#spare.length < MAX_SPARE_BUFFERS) this.#spare.push(shared)
  }

  /** Nobody reads the memory of this answer any more: it goes back to the thread. */
  giveBack(buffer: ArrayBuffer): void {
    if (this.#worker && buffer.byteLength > 0) this.#returned.push(buffer)
  }

  #hire(): Worker | null {
    if (!this.#worker && !this.#isBroken) {
      try {
        this.#worker = this.#listen(this.#start())
      } catch (error) {
        this.#lose(error)
      }
    }
    return this.#worker
  }

  #listen(worker: Worker): Worker {
    worker.on('message', ({ id, decoded, texts, lines, failure }: DecodeAnswer) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (this.#waiting.size === 0) this.#rest(worker)
      if (failure) waiting?.fail(Object.assign(new Error(failure.message), { code: failure.code }))
      else waiting?.settle(decoded && { ...decoded, texts: waiting.texts.take(texts), lines })
    })
    worker.on('error', (error) => this.#lose(error))
    worker.on('exit', (code) => {
      if (this.#worker === worker) this.#lose(new Error(`the thread that decodes ended with exit code ${code}`))
    })
    return worker
  }

  #rest(worker: Worker): void {
    worker.unref()
    this.#timer = setTimeout(() => {
      this.#forget()
      void worker.terminate()
    }, IDLE_MS)
    this.#timer.unref()
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#worker = null
    this.#texts.clear()
    this.#spare.length = 0
    this.#returned = []
  }

  #lose(error: unknown): void {
    this.#forget()
    if (!this.#isBroken) {
      process.emitWarning(`no thread decodes (${messageOf(error)})`, {
        type: 'TicketsWarning',
        code: 'TICKETS_DECODE_IN_PROCESS',
        detail:
          'Messages are decoded on the main thread, which gives the same rows and takes its time. A bundled application sets `decodeWorkerUrl` to a copy of @tickets/core/decode-worker.js; `decodeThread: false` asks for this and says nothing.',
      })
    }
    this.#isBroken = true
    for (const { settle } of this.#waiting.values()) settle(null)
    this.#waiting.clear()
  }
}
