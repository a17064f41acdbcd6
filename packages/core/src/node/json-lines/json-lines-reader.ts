import type { FileHandle } from 'node:fs/promises'
import { systemClock } from '../../base/clock.ts'
import { TicketsError } from '../../base/errors.ts'
import type { Decoded, Schema } from '../../batch/batch.ts'
import type { DecodeOptions } from '../../batch/message.ts'
import type { Chunk, Limit, Reader } from '../../connectors/source.ts'
import { ReadAhead } from '../decode/read-ahead.ts'
import type { WorkerDecoder } from '../decode/worker-decoder.ts'
import { fileError } from '../files/file-errors.ts'
import { isWholeObject } from './line-ends.ts'
import { LineReader } from './line-reader.ts'
import { Lines } from './lines.ts'

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
  /** Decodes on another thread, where there is one. */
  readonly workerDecoder?: WorkerDecoder<T> | null
}

/** Reads the lines of one file from a byte on. */
export class JsonLinesReader<T> implements Reader<T, number> {
  readonly #o: JsonLinesReaderOptions<T>
  readonly #lines: LineReader
  readonly #taken = new Lines()
  readonly #ahead = new ReadAhead<Chunk<T, number> | 'end'>()
  readonly #workerDecoder: WorkerDecoder<T> | null
  /** Lines are taken one piece after the other. */
  #taking: Promise<unknown> = Promise.resolve()

  constructor(options: JsonLinesReaderOptions<T>) {
    const { handle, from, stop, workerDecoder } = options
    this.#o = options
    this.#lines = new LineReader(handle, from, stop ?? Number.POSITIVE_INFINITY)
    this.#workerDecoder = (workerDecoder && stop !== undefined && stop - from >= WORKER_MIN_BYTES && workerDecoder) || null
  }

  async read(max: Limit): Promise<Chunk<T, number> | 'end'> {
    const worker = this.#workerDecoder
    if (!worker) return this.#next(max)
    return (await this.#ahead.next(() => this.#next(max, worker))) ?? 'end'
  }

  async close(): Promise<void> {
    await this.#taking
    await this.#o.handle.close()
  }

  /** The piece after the one that was begun last. */
  #next(max: Limit, worker?: WorkerDecoder<T>): Promise<Chunk<T, number> | 'end'> {
    const { path, stop } = this.#o
    // The lines are copied, or decoded, as soon as they are taken: before the next ones.
    const taken = this.#taking.then(async () => {
      if (stop !== undefined && this.#lines.position >= stop) return 'end'
      const decoded = this.#decode(await this.#take(max), worker)
      return { decoded, position: this.#lines.position }
    })
    this.#taking = taken.catch(() => {})
    return taken
      .then(async (piece) => {
        if (piece === 'end') return piece
        const [{ batch, rejected, unmapped }, end] = [await piece.decoded, stop ?? (await this.#o.handle.stat()).size]
        const { first } = this.#o
        const memory = first ? { memory: { file: first } } : {}
        return { batch, rejected, unmapped, position: piece.position, lag: Math.max(0, end - piece.position), ...memory }
      })
      .catch((error: unknown) => {
        throw fileError(error, 'SOURCE_FAILED', `reading ${path}`)
      })
  }

  async #decode(lines: Lines, worker?: WorkerDecoder<T>): Promise<Decoded<T>> {
    const { schema, future } = this.#o
    const decoded = worker?.(lines, future)
    if (decoded) return decoded
    const { batch, rejected, unmapped } = schema.decodeSlices(lines, future)
    // The columns are a copy of their own; the lines lie in memory that is used again.
    return { batch, rejected: rejected.map((message) => ({ ...message, value: message.value?.slice() ?? null })), unmapped }
  }

  async #take({ rows, bytes, ms, signal }: Limit): Promise<Lines> {
    const { path, stop } = this.#o
    const taken = this.#taken
    taken.clear()
    const limit = { rows, bytes, expired: () => signal.aborted }
    if ((await this.#lines.take(taken, limit)) !== 'short') return taken
    if (stop !== undefined) {
      throw new TicketsError(
        'SOURCE_CHANGED',
        `${path} became shorter than ${stop} bytes while it was read: restore it, and only ever add lines at its end`,
      )
    }
    if (isWholeObject(this.#lines.rest)) this.#lines.takeRest(taken)
    else await systemClock.sleep(Math.min(ms, POLL_MS), signal)
    return taken
  }
}
