import type { FileHandle } from 'node:fs/promises'
import { TicketsError } from '../errors/errors.ts'
import type { Chunk, Limit, Reader } from '../pipeline/source.ts'
import type { Schema } from '../schema/schema.ts'
import { systemClock } from '../time/clock.ts'
import { fault } from './faults.ts'
import { isWholeObject } from './line-ends.ts'
import { LineReader } from './line-reader.ts'
import { Lines } from './lines.ts'

/** How long an open end of a file is left alone before it is looked at again. */
const POLL = 250

export interface JsonLinesReaderOptions<T> {
  readonly path: string
  readonly schema: Schema<T>
  readonly handle: FileHandle
  readonly from: number
  /** Where reading ends; undefined: the file may grow for ever. */
  readonly stop: number | undefined
  readonly maxFuture: number
}

/** Reads the lines of one file from a byte on. */
export class JsonLinesReader<T> implements Reader<T, number> {
  readonly #o: JsonLinesReaderOptions<T>
  readonly #lines: LineReader
  readonly #taken = new Lines()

  constructor(options: JsonLinesReaderOptions<T>) {
    this.#o = options
    this.#lines = new LineReader(options.handle, options.from, options.stop ?? Number.POSITIVE_INFINITY)
  }

  async read(max: Limit): Promise<Chunk<T, number> | 'end'> {
    const { path, schema, stop, maxFuture } = this.#o
    if (stop !== undefined && this.#lines.position >= stop) return 'end'
    try {
      const { batch, rejected } = schema.decodeSlices(await this.#take(max), { maxFuture })
      const end = stop ?? (await this.#o.handle.stat()).size
      // The columns are a copy of their own; the lines lie in memory that is used again.
      const kept = rejected.map((message) => ({ ...message, value: message.value?.slice() ?? null }))
      return { batch, rejected: kept, position: this.#lines.position, lag: Math.max(0, end - this.#lines.position) }
    } catch (error) {
      throw fault(error, 'SOURCE_FAILED', `reading ${path}`)
    }
  }

  async close(): Promise<void> {
    await this.#o.handle.close()
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
    else await systemClock.sleep(Math.min(ms, POLL), signal)
    return taken
  }
}
