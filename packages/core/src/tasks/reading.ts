import { messageOf, TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { codeOf, logEvent } from '../base/log/log-events.ts'
import type { Chunk, Limit, Reader } from '../connectors/source.ts'
import type { TaskContext } from './context.ts'

/** What one read may return at most. The memory limit may ask for less. */
const CHUNK = { rows: 16_384, bytes: 1024 * 1024 }

/** How far a new reference time is ahead of the clock, so that it is renewed at most once a minute. */
const REFERENCE_AHEAD_MS = 60_000

/**
 * Reads a task's partition. Rows are judged by a reference time that the log holds already (docs/internals/protocol.md#5.5): no row may be more than `maxFuture` after
 * it. When a later reference would let a row pass, it is renewed: a record holds the new one, and the row is read again.
 */
export class Reading<T> {
  /** What the reader needs beside the position, from the last chunk. */
  memory: Json | undefined
  /** The reference time in epoch milliseconds; -Infinity in a log from before reference times, which has to record one first. */
  reference: number
  readonly #context: TaskContext<T>
  readonly #partition: string
  #reader: Reader<T, Json> | null = null

  constructor(context: TaskContext<T>, partition: string) {
    this.#context = context
    this.#partition = partition
    this.reference = context.reference ?? Number.NEGATIVE_INFINITY
  }

  /** The part of a task record that holds reference and memory. */
  get noted(): { readonly reference?: number; readonly memory?: Json } {
    const { memory, reference } = this
    return { ...(Number.isFinite(reference) ? { reference } : {}), ...(memory === undefined ? {} : { memory }) }
  }

  /** Whether a reference time must be recorded before anything is read. */
  get needsReference(): boolean {
    return !Number.isFinite(this.reference) && Number.isFinite(this.#context.time.maxFuture)
  }

  /** Opens the partition at `from`, or opens it again. The reference time must be recorded before. */
  async open(from: Json): Promise<void> {
    const { source, time, endOf } = this.#context
    await this.close()
    const to = endOf(this.#partition)
    this.#reader = await source.open(this.#partition, from, {
      maxFuture: time.maxFuture,
      ...(Number.isFinite(time.maxFuture) ? { reference: this.reference } : {}),
      ...(to === undefined ? {} : { to }),
      ...(this.memory === undefined ? {} : { memory: this.memory }),
    })
  }

  /** Returns the bytes that one read may return, if its rows are in memory once for each flow. */
  chunkBytes(flows: number): number {
    const { budget, partitions } = this.#context
    return Math.min(CHUNK.bytes, budget.share(flows * partitions.length))
  }

  read(max: Limit): Promise<Chunk<T, Json> | 'end'> {
    return (this.#reader as Reader<T, Json>).read({ ...max, rows: Math.min(CHUNK.rows, max.rows) })
  }

  /** Returns whether a rejected row of the chunk would pass with the current time as reference time. Then the chunk is read again. */
  isAheadOfReference({ rejected }: Chunk<T, Json>): boolean {
    const { clock, time } = this.#context
    const limit = clock.now() + time.maxFuture
    return rejected.some(({ ahead }) => ahead !== undefined && ahead <= limit)
  }

  /** Sets a new reference time from the clock, for the next record. */
  renew(): void {
    this.reference = Math.max(this.reference, this.#context.clock.now() + REFERENCE_AHEAD_MS)
  }

  /** Commits the group's offset, which is advisory. */
  async commit(to: Json): Promise<void> {
    try {
      await this.#reader?.commit?.(to, this.#context.logId)
    } catch (error) {
      const message = `the offset of ${this.#partition} was not committed, which loses nothing: ${messageOf(error)}`
      logEvent(this.#context.logger, 'task.offset_not_committed', { partition: this.#partition, code: codeOf(error) }, message)
    }
  }

  async close(): Promise<void> {
    const reader = this.#reader
    this.#reader = null
    await reader?.close().catch((error: unknown) => {
      const fields = { partition: this.#partition, code: codeOf(error) }
      logEvent(this.#context.logger, 'task.reader_not_closed', fields, `closing ${this.#partition}: ${messageOf(error)}`)
    })
  }
}

/** Returns the error of a complete partition that has rows after its end. */
export function rowsAfterEnd(partition: string): TicketsError {
  return new TicketsError(
    'SOURCE_COMPLETE',
    `${partition} was declared complete, its windows are closed, and now it has more rows: start over with a new log, or declare it complete only when it is`,
  )
}

/** Returns the reference time that a new log begins with, in epoch milliseconds. */
export const firstReference = (now: number) => now + REFERENCE_AHEAD_MS
