import { type Chunk, type DecodeOptions, isTicketsError, type Limit, type Reader, type Schema, TicketsError } from '@tickets/core'
import { ReadAhead, settlesWithin, systemClock, type WorkerDecoder } from '@tickets/core/internal'
import type { Codecs } from '../protocol/codecs.ts'
import type { Unreadable, ValueReader } from '../protocol/message-format.ts'
import { type Fetched, SliceList } from '../protocol/message-slices.ts'
import type { RawBatch } from '../protocol/record-batch.ts'
import { Records } from '../protocol/records.ts'
import type { PartitionQueue } from './partition-queue.ts'

/** Makes rows of messages, and what else a chunk says beside its position. */
export type Decode<T> = (fetched: Fetched, options: DecodeOptions) => DecodedChunk<T> | Promise<DecodedChunk<T>>

/** What was made of messages. */
export type DecodedChunk<T> = Omit<Chunk<T, number>, 'position' | 'lag'>

export interface ReaderOptions<T> {
  readonly schema: Schema<T>
  readonly queue: PartitionQueue
  readonly from: number
  readonly to: number | undefined
  /** How far beyond what event times may be, and the partition. */
  readonly decodeOptions: DecodeOptions
  readonly codecs: Codecs
  /** Called when bytes were taken from the queue. */
  readonly onRoom: () => void
  readonly commit: (position: number, note: string) => void
  readonly onClose: () => void
  /** Instead of the schema's own. */
  readonly decode?: Decode<T> | undefined
  /** Decodes on another thread, where there is one. */
  readonly workerDecoder?: WorkerDecoder<T> | null
  /** Decodes values that are not JSON. */
  readonly values?: ValueReader<T> | null
}

/** A batch of so many rows is worth decoding by itself. */
const FULL_BATCH_ROWS = 1024
/** So many bytes are worth another thread. */
const WORKER_MIN_BYTES = 128 * 1024

/** How often a reader that has to stop looks whether all before is recorded. */
const COMMIT_CHECK_MS = 20

/** Reads one partition from its queue. */
export class KafkaReader<T> implements Reader<T, number> {
  readonly #o: ReaderOptions<T>
  #position: number
  #batch: RawBatch | null = null
  #records: Records | null = null
  /** Lists of messages that are in no use now. */
  readonly #lists: SliceList[] = []
  readonly #ahead = new ReadAhead<Chunk<T, number>>()
  /** Messages are taken one piece after the other. */
  #taking: Promise<unknown> = Promise.resolve()
  readonly #closed = new AbortController()
  /** Up to where what was read is recorded. */
  #committed: number
  /** The position of the last chunk that was given. */
  #given: number
  /** A read that did not end in time. */
  #pending: Promise<Chunk<T, number> | 'end'> | null = null
  /** Where the source has to stop, and why. */
  #stop: { readonly position: number; readonly error: Error } | null = null

  constructor(options: ReaderOptions<T>) {
    this.#o = options
    this.#position = options.from
    this.#committed = options.from
    this.#given = options.from
  }

  async read(max: Limit): Promise<Chunk<T, number> | 'end'> {
    if (!this.#o.values) return this.#read(max)
    // A registry may take its time, or be down: meanwhile the range before has to end, and a task to stop.
    const pending = this.#pending ?? this.#read(max)
    this.#pending = pending
    const settled = pending.then(
      () => {},
      () => {},
    )
    if (!(await settlesWithin(settled, Math.max(1, max.ms)))) return this.#nothingYet()
    this.#pending = null
    const chunk = await pending
    if (chunk !== 'end') this.#given = chunk.position
    return chunk
  }

  /** A chunk without rows, at the position of the last one. */
  #nothingYet(): Chunk<T, number> {
    const { schema, queue } = this.#o
    const none = { bytes: new Uint8Array(0), starts: new Int32Array(0), ends: new Int32Array(0), offsets: new Float64Array(0) }
    return { ...schema.decodeSlices(none), position: this.#given, lag: Math.max(0, queue.end - this.#given) }
  }

  async #read(max: Limit): Promise<Chunk<T, number> | 'end'> {
    const { queue, workerDecoder } = this.#o
    if (this.#ahead.length === 0) {
      if (this.#isOver) return 'end'
      if (this.#stop) await this.#untilCommitted(this.#stop, max)
      else if (!this.#batch) await this.#arrival(max)
    }
    const ahead = () => workerDecoder && !this.#stop && !this.#isOver && (this.#batch !== null || queue.length > 0)
    return (await this.#ahead.next(() => (this.#ahead.length === 0 || ahead() ? this.#next(max) : null))) as Chunk<T, number>
  }

  get #isOver(): boolean {
    const { queue, to } = this.#o
    return !queue.failure && to !== undefined && this.#position >= to
  }

  /** The piece after the one that was begun last. */
  #next(max: Limit): Promise<Chunk<T, number>> {
    const { queue } = this.#o
    const list = this.#lists.pop() ?? new SliceList()
    const taken = this.#taking.then(async () => {
      if (!queue.failure && !this.#stop) await this.#take(list, max).catch((error: unknown) => this.#damaged(error))
      await this.#prepare(list)
      if (queue.failure) throw queue.failure
      return { decoded: this.#decode(list), brokerTime: list.lastTimestamp, position: this.#position, lag: Math.max(0, queue.end - this.#position) }
    })
    this.#taking = taken.catch(() => {})
    return taken.then(async ({ decoded, brokerTime, position, lag }) => {
      const { batch, rejected, ...more } = await decoded
      // It would hold on to what was fetched.
      list.clear()
      this.#lists.push(list)
      return { batch, rejected, ...more, ...(brokerTime !== undefined && { brokerTime }), position, lag }
    })
  }

  /** Makes ready to decode the values. From the first that the program cannot read on, nothing is taken. */
  async #prepare(list: SliceList): Promise<void> {
    const { values, queue } = this.#o
    const wrong = values && list.length > 0 ? await values.prepare(list.slices(), this.#closed.signal) : null
    if (!wrong) return
    this.#stop = this.#stopAt(list, wrong)
    if (this.#stop.position <= this.#committed) queue.fail(wrong.error)
  }

  #stopAt(list: SliceList, { at, error }: Unreadable): { readonly position: number; readonly error: Error } {
    this.#position = list.offsetOf(at)
    list.length = at
    return { position: this.#position, error }
  }

  /** Waits until all before the stop is recorded, so that nothing of it is lost; fails then. */
  async #untilCommitted({ position, error }: { readonly position: number; readonly error: Error }, { ms, signal }: Limit): Promise<void> {
    if (this.#committed < position) await systemClock.sleep(Math.min(ms, COMMIT_CHECK_MS), signal)
    if (this.#committed >= position) this.#o.queue.fail(error)
  }

  #decode(list: SliceList): ReturnType<Decode<T>> {
    const { schema, decodeOptions, workerDecoder, decode, values } = this.#o
    const fetched = list.slices()
    if (values) return values.decode(fetched, decodeOptions, workerDecoder ?? null)
    const there = list.size >= WORKER_MIN_BYTES ? workerDecoder?.(fetched, decodeOptions) : null
    return there ?? decode?.(fetched, decodeOptions) ?? schema.decodeSlices(fetched, decodeOptions)
  }

  async commit(position: number, note: string): Promise<void> {
    this.#committed = Math.max(this.#committed, position)
    this.#o.commit(position, note)
  }

  async close(): Promise<void> {
    this.#closed.abort()
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
  async #take(list: SliceList, max: Limit): Promise<void> {
    const { queue, codecs, to = Number.POSITIVE_INFINITY } = this.#o
    while (this.#position < to) {
      if (this.#records) {
        const before = list.length
        const why = this.#records.fill(list, this.#position, to, max)
        if (list.length > before) this.#position = list.last + 1
        if (why === 'bound') this.#position = to
        if (why !== 'end') break
        this.#passed()
      }
      if (list.length >= max.rows) break
      const next = queue.peek()
      // Messages of two buffers have to be copied together, which only small batches are worth.
      if (next?.bytes && list.length >= FULL_BATCH_ROWS && !list.isIn(next.bytes.buffer)) break
      this.#batch = queue.shift() ?? null
      if (!this.#batch) break
      if (this.#batch.bytes) this.#records = await Records.open(this.#batch.bytes, codecs)
      else this.#passed()
    }
    this.#position = Math.min(this.#position, to)
  }

  /** A batch that cannot be decoded ends the reader: continuing would skip it. */
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
