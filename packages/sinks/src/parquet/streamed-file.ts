import { messageOf, TicketsError } from '@tickets/core'
import { newFile, type ParquetJob } from './parquet-job.ts'
import type { MakePiece, PooledFile } from './pooled-file.ts'
import { type Bytes, FileLost } from './task.ts'
import { WorkersUnavailable } from './worker-pool.ts'

/** Where a file may be encoded. */
export interface FilePlaces {
  /** On a thread; null where none is wanted. */
  readonly pooled: PooledFile | null
  /** On this thread. */
  readonly here: (make: () => ParquetJob) => Promise<readonly Bytes[]>
  readonly dropHere: (file: number) => void
  /** Called where no thread can be started. */
  readonly warn: (error: WorkersUnavailable) => void
}

/**
 * A file whose rows come piece by piece: on a thread, or on this one where none can be started. Pieces are given one after the other.
 *
 * @throws `ENCODER_FAILED`, retryable, where the thread was lost with rows of the file; else as `PooledFile`
 */
export class StreamedFile {
  readonly #places: FilePlaces
  #pooled: PooledFile | null
  /** Its number and rows on this thread. */
  readonly #number = newFile()
  #before = 0
  #isSent = false

  constructor(places: FilePlaces) {
    this.#places = places
    this.#pooled = places.pooled
  }

  /** Whether rows of it were handed over, which nobody else has any more. */
  get isSent(): boolean {
    return this.#isSent
  }

  async add(rows: number, bytes: number, make: MakePiece): Promise<void> {
    await this.#onThread(
      (pooled) => pooled.add(rows, bytes, make),
      async () => void (await this.#here(rows, make)),
    )
    this.#isSent = true
  }

  /** Hands over the last rows, and returns the parts of the file. */
  finish(rows: number, bytes: number, make: MakePiece): Promise<readonly Bytes[]> {
    return this.#onThread(
      (pooled) => pooled.finish(rows, bytes, make),
      () => this.#here(rows, make),
    )
  }

  /** Gives up a file that has not ended. */
  drop(): void {
    this.#places.pooled?.drop()
    if (!this.#pooled) this.#places.dropHere(this.#number)
  }

  async #onThread<R>(there: (pooled: PooledFile) => Promise<R>, here: () => Promise<R>): Promise<R> {
    if (!this.#pooled) return here()
    try {
      return await there(this.#pooled)
    } catch (error) {
      if (error instanceof WorkersUnavailable && !this.#isSent) {
        this.#places.warn(error)
        this.#pooled = null
        return here()
      }
      if (error instanceof FileLost || error instanceof WorkersUnavailable) throw lost(error)
      throw error
    }
  }

  async #here(rows: number, make: MakePiece): Promise<readonly Bytes[]> {
    const before = this.#before
    this.#before += rows
    return this.#places.here(() => make({ file: this.#number, before }))
  }
}

/** Returns the error for rows that were on a thread which ended. They are read again from the last record. */
const lost = (cause: Error) =>
  new TicketsError('ENCODER_FAILED', `the thread that encodes Parquet ended with rows of a file (${messageOf(cause)}): they are read again`, {
    cause,
    retryable: true,
  })
