import { newFile, type TableJob } from './parquet-job.ts'
import type { Bytes, FileThread, Task, TaskFile } from './task.ts'

/** Where the rows of a job stand in their file. */
export type FilePlace = Pick<TableJob, 'file' | 'before'>

/** Packs rows as a job. */
export type MakePiece = (place: FilePlace) => TableJob

/** A file whose rows come piece by piece. All go to the thread that had the first ones. */
export class PooledFile implements TaskFile {
  readonly number = newFile()
  thread: FileThread | null = null
  readonly #queue: (task: Task) => void
  #before = 0
  #failure: { readonly error: unknown } | null = null
  #isFinished = false

  /** `queue` hands a task to the pool. */
  constructor(queue: (task: Task) => void) {
    this.#queue = queue
  }

  get isOver(): boolean {
    return this.#isFinished || this.#failure !== null
  }

  /**
   * Hands over some rows, which `make` packs; settles when they are packed. A failure of the thread shows at the next call.
   *
   * @throws `WorkersUnavailable`, `FileLost`; what `make` throws; what the encoder said of earlier rows, as a plain error
   */
  add(rows: number, bytes: number, make: MakePiece): Promise<void> {
    return new Promise((resolve, reject) => this.#ask({ ...this.#taskOf(rows, bytes, make, reject), taken: resolve, resolve() {} }))
  }

  /** Hands over the last rows, and returns the parts of the file. It throws as `add` does. */
  finish(rows: number, bytes: number, make: MakePiece): Promise<readonly Bytes[]> {
    return new Promise((resolve, reject) => {
      const finished = (parts: readonly Bytes[]) => {
        // Without rows that failed the parts are no file.
        if (this.#failure) return reject(this.#failure.error)
        this.#isFinished = true
        resolve(parts)
      }
      this.#ask({ ...this.#taskOf(rows, bytes, make, reject), resolve: finished })
    })
  }

  /** Gives up a file that has not ended, and what a thread holds of it. */
  drop(): void {
    this.fail(new Error('the file was given up'))
  }

  fail(error: unknown): void {
    if (this.isOver) return
    this.#failure = { error }
    this.thread?.drop(this)
  }

  #ask(task: Task): void {
    if (this.#failure) task.reject(this.#failure.error)
    else this.#queue(task)
  }

  #taskOf(rows: number, bytes: number, make: MakePiece, reject: (error: unknown) => void): Omit<Task, 'resolve'> {
    return {
      bytes: Math.ceil(bytes),
      file: this,
      tries: 0,
      make: () => {
        if (this.#failure) throw this.#failure.error
        const job = make({ file: this.number, before: this.#before })
        this.#before += rows
        return job
      },
      reject: (error) => {
        this.fail(error)
        reject(this.#failure?.error ?? error)
      },
    }
  }
}
