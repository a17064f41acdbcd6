import type { FileHandle } from 'node:fs/promises'
import { systemClock } from '../../base/clock.ts'
import { TicketsError } from '../../base/errors.ts'
import type { Decoded, Schema } from '../../batch/batch.ts'
import type { DecodeOptions } from '../../batch/message.ts'
import type { Chunk, Limit, Reader } from '../../connectors/source.ts'
import { LineDecoder } from '../decode/line-decoder.ts'
import { ReadAhead } from '../decode/read-ahead.ts'
import type { ThreadUse } from '../decode/shared-thread.ts'
import { fileError } from '../files/file-errors.ts'
import { LineReader } from '../lines/line-reader.ts'
import { Lines } from '../lines/lines.ts'
import { isWholeObject } from './line-ends.ts'

/** How long an open end of a file is left alone before it is looked at again. */
const POLL_MS = 250
/** From so many bytes on a thread that decodes is worth its start. */
const WORKER_MIN_BYTES = 8 * 2 ** 20

export interface JsonLinesReaderOptions<T> {
  readonly path: string
  readonly schema: Schema<T>
  readonly handle: FileHandle
  readonly from: number
  /** Where reading ends; undefined: the file may grow for ever. */
  readonly stop: number | undefined
  /** How far beyond what event times may be. */
  readonly future: DecodeOptions
  /** What tells the file from another one under its name; null while that is unknown. It rides in the task's record. */
  readonly first?: string | null
  /** The thread that reads and decodes, where there is one. */
  readonly thread?: ThreadUse<T> | null
}

/** Lines that were taken, and whose rows may still come. */
interface Piece<T> {
  readonly decoded: Decoded<T>
  readonly position: number
}

/** Reads the lines of one file from a byte on. */
export class JsonLinesReader<T> implements Reader<T, number> {
  readonly #o: JsonLinesReaderOptions<T>
  /** Reads here, from where the thread has ended. */
  #lines: LineReader | null = null
  readonly #taken = new Lines()
  readonly #ahead: ReadAhead<Chunk<T, number> | 'end'> | null
  #there: LineDecoder<T> | null
  #position: number
  /** Lines are taken one piece after the other. */
  #taking: Promise<unknown> = Promise.resolve()

  constructor(options: JsonLinesReaderOptions<T>) {
    const { handle, from, stop, thread, future } = options
    this.#o = options
    this.#position = from
    const isLong = stop !== undefined && stop - from >= WORKER_MIN_BYTES
    this.#there = thread && isLong ? new LineDecoder(thread, { fd: handle.fd, from, stop }, future) : null
    this.#ahead = this.#there && new ReadAhead()
  }

  async read(max: Limit): Promise<Chunk<T, number> | 'end'> {
    return this.#ahead ? ((await this.#ahead.next(() => this.#next(max))) ?? 'end') : this.#next(max)
  }

  async close(): Promise<void> {
    // The thread reads from the file until its last answer.
    await this.#taking
    this.#there?.close()
    await this.#o.handle.close()
  }

  /** The piece after the one that was begun last. */
  #next(max: Limit): Promise<Chunk<T, number> | 'end'> {
    const { path, stop } = this.#o
    if (this.#there?.isWorthwhile === false) this.#leaveThread()
    const asked = this.#there?.next(max)
    // Whoever waits for its turn gets its error.
    asked?.catch(() => {})
    const taken = this.#taking.then(async (): Promise<Piece<T> | 'end'> => {
      const there = await asked
      if (stop !== undefined && this.#position >= stop) return 'end'
      if (!there || this.#lines) return this.#takeHere(max)
      if (there.isShort) throw this.#shorter()
      this.#position = there.position
      return there
    })
    this.#taking = taken.catch(() => {})
    return taken
      .then(async (piece) => {
        if (piece === 'end') return piece
        const { decoded, position } = piece
        const { batch, rejected, unmapped } = decoded
        const end = stop ?? (await this.#o.handle.stat()).size
        const { first } = this.#o
        const memory = first ? { memory: { file: first } } : {}
        return { batch, rejected, unmapped, position, lag: Math.max(0, end - position), ...memory }
      })
      .catch((error: unknown) => {
        throw fileError(error, 'SOURCE_FAILED', `reading ${path}`)
      })
  }

  #leaveThread(): void {
    this.#there?.close()
    this.#there = null
  }

  async #takeHere(max: Limit): Promise<Piece<T>> {
    // From here on this thread reads: the other one does not know how far.
    this.#leaveThread()
    const { handle, stop = Number.POSITIVE_INFINITY, schema, future } = this.#o
    this.#lines ??= new LineReader(handle, this.#position, stop)
    const lines = await this.#take(this.#lines, max)
    this.#position = this.#lines.position
    const { batch, rejected, unmapped } = schema.decodeSlices(lines, future)
    // The columns are a copy of their own; the lines lie in memory that is used again.
    const kept = rejected.map((message) => ({ ...message, value: message.value?.slice() ?? null }))
    return { decoded: { batch, rejected: kept, unmapped }, position: this.#position }
  }

  async #take(reader: LineReader, { rows, bytes, ms, signal }: Limit): Promise<Lines> {
    const { stop } = this.#o
    const taken = this.#taken
    taken.clear()
    const limit = { rows, bytes, expired: () => signal.aborted }
    if ((await reader.take(taken, limit)) !== 'short') return taken
    if (stop !== undefined) throw this.#shorter()
    if (isWholeObject(reader.rest)) reader.takeRest(taken)
    else await systemClock.sleep(Math.min(ms, POLL_MS), signal)
    return taken
  }

  #shorter(): TicketsError {
    const { path, stop } = this.#o
    const message = `${path} became shorter than ${stop} bytes while it was read: restore it, and only ever add lines at its end`
    return new TicketsError('SOURCE_CHANGED', message)
  }
}
