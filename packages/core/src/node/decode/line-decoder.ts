import type { Decoded } from '../../batch/batch.ts'
import type { DecodeOptions } from '../../batch/message.ts'
import type { LinesToRead } from './messages.ts'
import type { ThreadUse } from './shared-thread.ts'

/** Where in which file lines are read: `stop` is where the last one ends. */
export interface LineRange {
  readonly fd: number
  readonly from: number
  readonly stop: number
}

/** Lines that were read and decoded. */
export interface DecodedLines<T> {
  readonly decoded: Decoded<T>
  /** The byte behind the last one. */
  readonly position: number
  /** The file ends before its stop. */
  readonly isShort: boolean
}

/** How much is read at once; when the signal aborts, what there is. */
export type LineLimit = Pick<LinesToRead, 'rows' | 'bytes'> & { readonly signal: AbortSignal }

let nextReading = 0

/** Reads and decodes the lines of one file on the thread, piece by piece. */
export class LineDecoder<T> {
  readonly #use: ThreadUse<T>
  readonly #range: LineRange
  readonly #options: DecodeOptions
  readonly #reading = nextReading++
  #position: number

  constructor(use: ThreadUse<T>, range: LineRange, options: DecodeOptions) {
    this.#use = use
    this.#range = range
    this.#options = options
    this.#position = range.from
  }

  /** Whether the thread works, and leaves few lines to this one. */
  get isWorthwhile(): boolean {
    return this.#use.isWorthwhile
  }

  /** Begins with the lines that come after those of the last call, and returns them; null where the thread is lost, from then on. */
  async next({ rows, bytes, signal }: LineLimit): Promise<DecodedLines<T> | null> {
    const { maxFuture = Number.POSITIVE_INFINITY, reference = Number.POSITIVE_INFINITY } = this.#options
    const { fd, stop } = this.#range
    const lines: LinesToRead = { reading: this.#reading, fd, from: this.#position, stop, rows, bytes, maxFuture, latest: reference + maxFuture }
    const piece = await this.#use.thread.decode(this.#use.plan, lines, signal)
    if (!piece?.lines) return null
    const { offsets, odd, position, isShort } = piece.lines
    this.#position = position
    // What is rejected is a view of it, and should not keep the memory of the whole piece.
    const left = { ...odd, bytes: odd.bytes.slice() }
    return { decoded: this.#use.batchOf(piece, offsets, left, this.#options), position, isShort }
  }

  /** Ends the reading: the thread forgets it. */
  close(): void {
    this.#use.thread.order({ forget: this.#reading })
  }
}
