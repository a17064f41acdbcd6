import type { Clock } from '../base/clock.ts'
import type { Json } from '../base/json.ts'
import type { Logger } from '../base/log/logger.ts'
import type { Batch, Schema } from '../batch/batch.ts'
import type { Refused } from './refused-rows.ts'

/** Who writes: one flow of one task. */
export interface TaskId {
  /** The random id of the pipeline's log; part of every name that is written. */
  readonly logId: string
  /** `<topic>-<partition>`, or `merge`. */
  readonly task: string
  readonly flow: string
}

/** Where a task stands at the end of a range. A sink passes it on to those who read its output. */
export interface Standing {
  /** The partition's watermark in epoch milliseconds; -Infinity before its first row. */
  readonly watermark: number
  /** `idle`: no rows for `idleTimeout`. `done`: the end of a bounded run, and a later one may bring more. `ended`: nothing can ever come. */
  readonly state: 'running' | 'idle' | 'done' | 'ended'
  /** All tasks of the pipeline that are known by now. */
  readonly tasks: readonly string[]
}

/** The range that is staged. */
export interface Range {
  /** Positions `[from, to)` as the source gives them; for the merge, the vector of record numbers. */
  readonly from: Json
  readonly to: Json
  /** Stage even when there are no rows, so that an empty dataset has its columns (docs/internals/protocol.md#7.3). */
  readonly empty: boolean
  /** Absent for the merge. */
  readonly standing?: Standing
}

/** What a writer staged, as JSON of its own shape. The record keeps it, and `publish` needs nothing else. */
export type Staged = { readonly [key: string]: Json }

/**
 * Writes the rows of one flow of one task, in two phases. Opened once for each assignment. An error with `retryable: true` is tried again from
 * the last record; any other stops the pipeline.
 *
 * - `write` takes a batch; its promise is the backpressure. It may resolve to rows that the target can never take: it leaves them out, and they become
 *   dead letters of the same range. What a later step could refuse must be found here (docs/internals/protocol.md#3.14).
 * - `stage` cuts **synchronously**: rows written after the call belong to the next range. Its promise settles when all is on stable
 *   storage, still invisible; null when there was nothing. What it made is named by `n` and `attempt`.
 * - `publish` makes it visible. It is repeated after a crash, so the second time changes nothing.
 * - `sweep` removes what was staged under a number below the head's, and other attempts at the head's number; nothing else.
 */
export interface Writer<in T> {
  /**
   * Whether `stage` may be called while the previous range is still being recorded and published. Without it the next `stage` comes when that is done.
   * If all writers of a task have it, encoding does not wait for the disk.
   */
  readonly stagesAhead?: boolean
  /**
   * Takes rows of the current range.
   *
   * @param release to be called, once, when neither the batch nor a column of it is held any more: then its memory may be used again. A writer that does
   * not call it keeps its batches as long as it likes.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a writer that refuses nothing returns nothing
  write(batch: Batch<T>, release?: () => void): Promise<void | readonly Refused[]>
  stage(n: number, attempt: string, range: Range): Promise<Staged | null>
  publish(staged: Staged): Promise<void>
  sweep(head: { readonly n: number; readonly attempt: string }): Promise<void>
  close(): Promise<void>
}

/** Where the rows of a flow go. It opens one `Writer` for each task. */
export interface Sink<in T> {
  /** The name of its target, the same text for the same place: two flows with one target are refused. Null when there is none to protect. */
  readonly target: string | null
  /**
   * Returns the identity of the target, whatever name it was given: the same text for the same place, such as a folder's device and inode, or a
   * server's id with the name of a table. Two flows with one place are refused. Called at each start; without it `target` is compared.
   */
  place?(): Promise<string>
  /**
   * Returns the sink for a later version of its flow, which writes beside this one's target. Without it a flow that starts anew needs a sink with
   * another target.
   */
  version?(version: number): Sink<T>
  /** The format that it writes, such as `parquet`: a log continues with the format that it began with. */
  readonly format?: string
  /**
   * Refuses rows of a schema that the target cannot take, such as a table without a column for them. Called at each start, before the log begins and
   * before any target is claimed, so that a start that is refused claims nothing.
   */
  check?(schema: Schema<T>, flow: string): Promise<void>
  /**
   * Checks once, when a log begins, that the target is usable and free. With `takesOver` (`mode: 'overwrite'`) the target of an older log becomes this
   * log's, and `begin` deletes `remove` before anything is published.
   */
  prepare?(log: { readonly id: string }): Promise<{ readonly takesOver: boolean; readonly remove: readonly string[] }>
  /** Claims the target and deletes the files in `remove`. Each process calls it before its tasks start, so repeating it changes nothing. */
  begin?(log: {
    /** The id of the pipeline's log, which becomes the owner of the target. */
    readonly id: string
    /** Replace another log's ownership. */
    readonly takesOver: boolean
    /** What `prepare` found to delete; it may be gone already. */
    readonly remove: readonly string[]
    /** The target differs from the one that the log began with, so accept only a target that this log owns. */
    readonly moved?: boolean
    /** This log has records, so a missing owner mark means that the target was lost. */
    readonly published?: boolean
  }): Promise<void>
  /**
   * Returns, for each task, the number of the highest record that the log must have, judged by what is published and staged for this flow. Called at
   * each start: a log that ends earlier was restored from an older backup, and would write rows twice. `tasks`: those that the log knows.
   */
  reached?(log: { readonly id: string; readonly flow: string; readonly tasks: readonly string[] }): Promise<Readonly<Record<string, number>>>
  /** Opens a writer. `schema` is the flow's, known from the empty batch that each graph gets first; `on` has the pipeline's logger. */
  open(task: TaskId, schema: Schema<T>, on?: { readonly logger: Logger }): Promise<Writer<T>>
  /**
   * Works beside a run, such as compacting files, until `signal` aborts. Each process calls it once, after `begin`. At the end the pipeline waits for it
   * no longer than for a drain, so being cut off must be harmless. A failure is logged and stops nothing.
   */
  maintain?(on: { readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal }): Promise<void>
}
