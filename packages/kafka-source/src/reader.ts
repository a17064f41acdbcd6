import { type Chunk, type DecodeOptions, isTicketsError, type Limit, type Reader, type Schema, TicketsError } from '@tickets/core'
import type { KafkaSourceOptions } from './options.ts'
import type { PartitionQueue } from './queue.ts'
import type { RawBatch } from './record-batch.ts'
import { Records } from './records.ts'
import { type Fetched, SliceList } from './slice-list.ts'

/** Makes rows of messages, and what else a chunk says beside its position. */
export type Decode<T> = (fetched: Fetched, options: DecodeOptions) => Omit<Chunk<T, number>, 'position' | 'lag'>

export interface ReaderOptions<T> {
  readonly schema: Schema<T>
  readonly queue: PartitionQueue
  readonly from: number
  readonly to: number | undefined
  readonly maxFuture: number
  readonly codecs: NonNullable<KafkaSourceOptions<T>['codecs']>
  /** Called when bytes were taken from the queue. */
  readonly onRoom: () => void
  readonly commit: (position: number, note: string) => void
  readonly onClose: () => void
  /** Instead of the schema's own. */
  readonly decode?: Decode<T> | undefined
}

/** A batch of so many rows is worth decoding by itself. */
const enough = 1024

/** Reads one partition from its queue. */
export class KafkaReader<T> implements Reader<T, number> {
  readonly #o: ReaderOptions<T>
  #position: number
  #batch: RawBatch | null = null
  #records: Records | null = null
  readonly #list = new SliceList()

  constructor(options: ReaderOptions<T>) {
    this.#o = options
    this.#position = options.from
  }

  async read(max: Limit): Promise<Chunk<T, number> | 'end'> {
    const { queue, schema, to, maxFuture } = this.#o
    if (!queue.failure && to !== undefined && this.#position >= to) return 'end'
    if (!this.#batch) await this.#arrival(max)
    this.#list.clear()
    if (!queue.failure) await this.#take(max).catch((error: unknown) => this.#damaged(error))
    if (queue.failure) throw queue.failure
    const fetched = this.#list.slices()
    const decoded = this.#o.decode?.(fetched, { maxFuture }) ?? schema.decodeSlices(fetched, { maxFuture })
    // It would hold on to what was fetched.
    this.#list.clear()
    return { ...decoded, position: this.#position, lag: Math.max(0, queue.end - this.#position) }
  }

  async commit(position: number, note: string): Promise<void> {
    this.#o.commit(position, note)
  }

  async close(): Promise<void> {
    this.#o.onClose()
  }

  /** Settles when there is something to take, or after `ms`, or when the signal aborts. */
  async #arrival({ ms, signal }: Limit): Promise<void> {
    const { queue } = this.#o
    if (queue.length > 0 || queue.failure || signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        queue.onChange = () => {}
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done)
      queue.onChange = done
    })
  }

  /** Fills the list; the position passes what lies before the next message. */
  async #take(max: Limit): Promise<void> {
    const { queue, codecs, to = Number.POSITIVE_INFINITY } = this.#o
    while (this.#position < to) {
      if (this.#records) {
        const before = this.#list.length
        const why = this.#records.fill(this.#list, this.#position, to, max)
        if (this.#list.length > before) this.#position = this.#list.last + 1
        if (why === 'bound') this.#position = to
        if (why !== 'end') break
        this.#passed()
      }
      if (this.#list.length >= max.rows) break
      const next = queue.peek()
      // Messages of two buffers have to be copied together, which only small batches are worth.
      if (next?.bytes && this.#list.length >= enough && !this.#list.isIn(next.bytes.buffer)) break
      this.#batch = queue.shift() ?? null
      if (!this.#batch) break
      if (this.#batch.bytes) this.#records = await Records.open(this.#batch.bytes, codecs)
      else this.#passed()
    }
    this.#position = Math.min(this.#position, to)
  }

  /** A batch that cannot be decoded ends the reader: going on would skip it. */
  #damaged(error: unknown): void {
    const { queue } = this.#o
    const failure = isTicketsError(error)
      ? error
      : new TicketsError(
          'SOURCE_FAILED',
          `${queue.topic}-${queue.partition}: the messages at ${this.#position} cannot be decoded: ${String(error)}`,
          { cause: error },
        )
    queue.fail(failure)
  }

  #passed(): void {
    const batch = this.#batch
    if (!batch) return
    this.#position = Math.max(this.#position, batch.next)
    this.#o.queue.release(batch)
    this.#batch = null
    this.#records = null
    this.#o.onRoom()
  }
}
