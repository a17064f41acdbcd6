import { type Chunk, isTicketsError, type Limit, type Message, type Reader, type Schema, TicketsError } from '@tickets/core'
import type { KafkaSourceOptions } from './options.ts'
import type { PartitionQueue } from './queue.ts'
import type { RawBatch } from './record-batch.ts'
import { Records } from './records.ts'

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
}

const sizeOf = (message: Message) => (message.value?.length ?? 0) + (message.key?.length ?? 0)

/** Reads one partition from its queue. */
export class KafkaReader<T> implements Reader<T, number> {
  readonly #o: ReaderOptions<T>
  #position: number
  #batch: RawBatch | null = null
  #records: Records | null = null
  /** Decoded, but it did not fit into the last chunk. */
  #held: Message | null = null

  constructor(options: ReaderOptions<T>) {
    this.#o = options
    this.#position = options.from
  }

  async read(max: Limit): Promise<Chunk<T, number> | 'end'> {
    const { queue, schema, to } = this.#o
    if (!queue.failure && to !== undefined && this.#position >= to) return 'end'
    if (!this.#batch) await this.#arrival(max)
    const messages = queue.failure ? [] : await this.#take(max).catch((error: unknown) => this.#damaged(error))
    if (queue.failure) throw queue.failure
    const { batch, rejected } = schema.decode(messages, { maxFuture: this.#o.maxFuture })
    return { batch, rejected, position: this.#position, lag: Math.max(0, queue.end - this.#position) }
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

  async #take(max: Limit): Promise<Message[]> {
    const { to = Number.POSITIVE_INFINITY } = this.#o
    const messages: Message[] = []
    let bytes = 0
    while (this.#position < to) {
      const message = this.#held ?? (await this.#next())
      this.#held = null
      if (!message) break
      if (message.offset >= to) {
        this.#position = to
        break
      }
      const size = sizeOf(message)
      if (messages.length >= max.rows || (messages.length > 0 && bytes + size > max.bytes)) {
        this.#held = message
        break
      }
      messages.push(message)
      bytes += size
      this.#position = message.offset + 1
    }
    this.#position = Math.min(this.#position, to)
    return messages
  }

  /** The next message of the queue; the position passes what lies before it. Null when the queue is empty. */
  async #next(): Promise<Message | null> {
    const { queue, codecs } = this.#o
    for (;;) {
      if (this.#records) {
        const message = this.#records.next()
        if (message && message.offset >= this.#position) return message
        if (message) continue
        this.#passed()
      }
      this.#batch = queue.shift() ?? null
      if (!this.#batch) return null
      if (this.#batch.bytes) this.#records = await Records.open(this.#batch.bytes, codecs)
      else this.#passed()
    }
  }

  /** A batch that cannot be decoded ends the reader: going on would skip it. */
  #damaged(error: unknown): [] {
    const { queue } = this.#o
    const failure = isTicketsError(error)
      ? error
      : new TicketsError(
          'SOURCE_FAILED',
          `${queue.topic}-${queue.partition}: the messages at ${this.#position} cannot be decoded: ${String(error)}`,
          { cause: error },
        )
    queue.fail(failure)
    return []
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
