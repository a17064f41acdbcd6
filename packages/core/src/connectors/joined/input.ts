import type { Source } from '../source.ts'

/** How a task reads a source beside its own. */
export interface InputOptions {
  /** `same`: the partition with the number of the task's own. `all`: every partition, in every task. */
  readonly partitions: 'same' | 'all'
  /** Whether it is read to its current end before more is read of the task's own partition: for a table whose newest rows are wanted. */
  readonly readFirst?: boolean
  /** How long it may be without rows before its watermark follows that of the task's own partition, in milliseconds; the pipeline's by default. */
  readonly idleTimeout?: number
}

/** A source that tasks read beside their own. */
export interface Input extends InputOptions {
  readonly source: Source<unknown, never>
}
