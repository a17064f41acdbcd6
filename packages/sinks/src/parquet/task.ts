import type { ParquetJob } from './parquet-job.ts'

export type Bytes = Uint8Array<ArrayBuffer>

/** Something to encode, and who waits for it. */
export interface Task {
  /** About the size of its buffer. */
  readonly bytes: number
  /** The file whose other rows come as other tasks; absent where the task is a whole file. */
  readonly file?: TaskFile
  readonly make: () => ParquetJob
  /** How many threads have ended while they were at it. */
  tries: number
  /** Called when it is packed and handed over. */
  readonly taken?: () => void
  readonly resolve: (parts: readonly Bytes[]) => void
  readonly reject: (error: unknown) => void
}

/** A file that one thread writes from several tasks. */
export interface TaskFile {
  readonly number: number
  /** The thread that has its rows; null before the first ones. */
  thread: FileThread | null
  /** Whether it has ended, failed, or was given up. */
  readonly isOver: boolean
  /** Makes every further task fail. */
  fail(error: unknown): void
}

/** The thread that writes a file. */
export interface FileThread {
  /** Whether it takes other files too. */
  readonly open: boolean
  /** Returns whether it has room for more rows of a file. */
  hasRoom(bytes: number): boolean
  take(task: Task): void
  /** Forgets a file that has not ended. */
  drop(file: TaskFile): void
}

/** The thread that had rows of a file has ended. The rows are nowhere any more: they have to come again. */
export class FileLost extends Error {
  override readonly name = 'FileLost'
}
