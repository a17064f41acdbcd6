import type { Clock } from '../base/clock.ts'
import type { Json } from '../base/json.ts'
import type { Logger } from '../base/logger.ts'
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

/** Where a task stands at the end of a range: what a sink passes on to those that read after it. */
export interface Standing {
  /** The partition's watermark in epoch milliseconds; -Infinity before its first row. */
  readonly watermark: number
  /** `idle`: no rows for `idleTimeout`. `done`: the end of a bounded run, and a later one may bring more. `ended`: nothing can ever come. */
  readonly state: 'running' | 'idle' | 'done' | 'ended'
  /** All tasks of the pipeline that are known by now. */
  readonly tasks: readonly string[]
}

/** What is being cut off and staged. */
export interface Range {
  /** Positions `[from, to)` as the source gives them; for the merge, the vector of record numbers. */
  readonly from: Json
  readonly to: Json
  /** Stage even when there are no rows, so that an empty dataset has its columns (protocol 7.3). */
  readonly empty: boolean
  /** Absent for the merge. */
  readonly standing?: Standing
}

/** What a writer staged, in its own words: kept in the record, and all that `publish` needs. */
export type Staged = { readonly [key: string]: Json }

/**
 * Writes the rows of one flow of one task, in two phases. Opened once for each assignment. An error with `retryable: true` is tried again from
 * the last record; any other stops the pipeline.
 *
 * - `write` takes a batch; its promise is the backpressure. It may settle with rows that it refuses, whatever is tried: those it has left out, and
 *   they become dead letters of the same range. What could only be refused later must be found here (protocol 3.14).
 * - `stage` cuts **synchronously**: rows written after the call belong to the next range. Its promise settles when all is on stable
 *   storage, still invisible; null when there was nothing. What it made is named by `n` and `attempt`.
 * - `publish` makes it visible. It is repeated after a crash, so the second time changes nothing.
 * - `sweep` removes what was staged under a number below the head's, and other attempts at the head's number; nothing else.
 */
export interface Writer<in T> {
  /**
   * Whether `stage` may be called while the range before it, staged, is still being recorded and published. Without it the next `stage` comes when
   * all of that is done. Where all writers of a task have it, encoding need not wait for the disk.
   */
  readonly stagesAhead?: boolean
  // biome-ignore lint/suspicious/noConfusingVoidType: a writer that refuses nothing returns nothing
  write(batch: Batch<T>): Promise<void | readonly Refused[]>
  stage(n: number, attempt: string, range: Range): Promise<Staged | null>
  publish(staged: Staged): Promise<void>
  sweep(head: { readonly n: number; readonly attempt: string }): Promise<void>
  close(): Promise<void>
}

export interface Sink<in T> {
  /** What it writes to, the same words for the same place: two flows on one target are refused. Null when it has none to protect. */
  readonly target: string | null
  /**
   * Returns what the target is, however it is called: the same text for the same place, such as a folder's device and inode, or a server's own id
   * with the name of a table. Two flows of one place are refused. Asked at each start; without it `target` is compared.
   */
  place?(): Promise<string>
  /**
   * Returns the sink of a later version of its flow, which writes beside this one's target. Without it a flow that starts anew needs a sink with another
   * target.
   */
  version?(version: number): Sink<T>
  /** What it writes there, such as `parquet`: a log continues with the format it began with. */
  readonly format?: string
  /**
   * Refuses rows of a schema that the target cannot take, such as a table without a column for them. Called at each start, before the log begins and
   * before any target is claimed, so that a start that is refused claims nothing.
   */
  check?(schema: Schema<T>, flow: string): Promise<void>
  /**
   * Asked once, when a log begins: is the target usable and free? With `takesOver` (`mode: 'overwrite'`) an older log's target is ours
   * from now on, and `remove` is to be deleted before anything is published.
   */
  prepare?(log: { readonly id: string }): Promise<{ readonly takesOver: boolean; readonly remove: readonly string[] }>
  /** Takes the target if it is free or `takesOver`, and deletes `remove` if it is still there. Called by each process before its tasks start; repeatable. `moved`: the log began with another target, so only a folder that this log already owns is accepted. `published`: this log has records, so a target without this log's mark was lost. */
  begin?(log: {
    readonly id: string
    readonly takesOver: boolean
    readonly remove: readonly string[]
    readonly moved?: boolean
    readonly published?: boolean
  }): Promise<void>
  /**
   * Returns, for each task, the number of the highest record that the log must have, by what is published and staged for this flow. Asked at each
   * start: a log that ends before it was restored from an older backup, and would write rows twice. `tasks`: those that the log knows.
   */
  reached?(log: { readonly id: string; readonly flow: string; readonly tasks: readonly string[] }): Promise<Readonly<Record<string, number>>>
  /** `schema` is the flow's, known from the empty batch that each graph gets first; `on` has the pipeline's logger. */
  open(task: TaskId, schema: Schema<T>, on?: { readonly logger: Logger }): Promise<Writer<T>>
  /**
   * What a sink does beside a run, such as compacting its files: called once by each process, after `begin`. It continues until `signal` aborts. The
   * pipeline waits for its end no longer than for a drain, so that being cut off must be harmless; a failure is logged, and stops nothing.
   */
  maintain?(on: { readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal }): Promise<void>
}
