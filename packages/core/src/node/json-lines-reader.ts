import type { FileHandle } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { TicketsError } from '../errors/errors.ts'
import type { Chunk, Limit, Reader } from '../pipeline/source.ts'
import type { Message, Schema } from '../schema/schema.ts'
import { systemClock } from '../time/clock.ts'
import { fault } from './faults.ts'
import { isWholeObject } from './line-ends.ts'
import { LineReader } from './line-reader.ts'

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

  constructor(options: JsonLinesReaderOptions<T>) {
    this.#o = options
    this.#lines = new LineReader(options.handle, options.from, options.stop ?? Number.POSITIVE_INFINITY)
  }

  async read(max: Limit): Promise<Chunk<T, number> | 'end'> {
    const { path, schema, stop, maxFuture } = this.#o
    if (stop !== undefined && this.#lines.position >= stop) return 'end'
    try {
      const messages = await this.#messages(max)
      const { batch, rejected } = schema.decode(messages, { maxFuture })
      const end = stop ?? (await this.#o.handle.stat()).size
      return { batch, rejected, position: this.#lines.position, lag: Math.max(0, end - this.#lines.position) }
    } catch (error) {
      throw fault(error, 'SOURCE_FAILED', `reading ${path}`)
    }
  }

  async close(): Promise<void> {
    await this.#o.handle.close()
  }

  async #messages({ rows, bytes, ms, signal }: Limit): Promise<Message[]> {
    const { path, stop } = this.#o
    const messages: Message[] = []
    const until = performance.now() + ms
    const limit = { rows, bytes, expired: () => signal.aborted || (messages.length > 0 && performance.now() > until) }
    if ((await this.#lines.take(messages, limit)) !== 'short') return messages
    if (stop !== undefined) {
      throw new TicketsError(
        'SOURCE_CHANGED',
        `${path} became shorter than ${stop} bytes while it was read: restore it, and only ever add lines at its end`,
      )
    }
    if (messages.length === 0 && isWholeObject(this.#lines.rest)) messages.push(this.#lines.takeRest())
    if (messages.length === 0) await systemClock.sleep(Math.min(ms, POLL), signal)
    return messages
  }
}
