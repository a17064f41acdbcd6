import type { Json } from '../base/json.ts'
import type { Staged } from './sink.ts'

/** The first file of a log: what the pipeline is (docs/internals/protocol.md#1.1). Created once; later processes obey it. */
export interface PipelineRecord {
  readonly name: string
  /** Random; part of every published name. */
  readonly logId: string
  readonly topics: readonly { readonly name: string; readonly id: string | null }[]
  /** Every partition with its resolved start position, in order. */
  readonly partitions: readonly { readonly id: string; readonly start: Json }[]
  /** The time that the first rows are judged by (docs/internals/protocol.md#5.5), in epoch milliseconds; absent in logs from before it was recorded. */
  readonly reference?: number
  /** What the flows are: names, operators' ids and options, schemas. */
  readonly fingerprint: Json
  /** flow → its sink's target. */
  readonly targets?: { readonly [flow: string]: string | null }
  /** flow → the files to delete before any task publishes. */
  readonly remove: { readonly [flow: string]: readonly string[] }
}

/** A commit. `body` is the writer's own: the range of a task, the position vector of the merge. */
export interface LogRecord {
  readonly n: number
  /** Random, new for each assignment: tells our own lost answer from another's record. */
  readonly attempt: string
  readonly files: { readonly [flow: string]: Staged }
  readonly body: Json
}

/**
 * Numbered records that are created only if they are absent: the commit, and the fence (docs/internals/protocol.md#the-commit).
 *
 * `head`, `latest` and `read` make the records they return durable before they return them (docs/internals/protocol.md#3.4).
 */
export interface CommitLog {
  /** Creates the pipeline record if there is none, and returns the one that exists. */
  begin(record: PipelineRecord): Promise<PipelineRecord>
  /** Returns the pipeline record, or null if the log has not begun. */
  pipeline(): Promise<PipelineRecord | null>
  /** Returns the record with the highest number, or null. Throws `LOG_DAMAGED` if it does not match its checksum. */
  head(task: string): Promise<LogRecord | null>
  /** Returns the highest number, from a new listing; -1 if there is no record. */
  latest(task: string): Promise<number>
  /** Creates record `n`. Returns `exists`, and changes nothing, if there is one. */
  append(task: string, record: LogRecord): Promise<'appended' | 'exists'>
  /** Returns the records after number `after`, in order. Throws `LOG_GAP` if one is missing. */
  read(task: string, after: number): AsyncIterable<LogRecord>
  /** Removes the records below `below`, but never the newest one. */
  prune(task: string, below: number): Promise<void>
  /** Stores large state beside the records, durable, under a name that a record then holds. */
  putState(task: string, name: string, bytes: Uint8Array): Promise<void>
  /** Returns the state of this name. */
  getState(task: string, name: string): Promise<Uint8Array>
  /** Removes states that are not in `keep` and older than the head: those of a lower number than `head.n`, or of another attempt at it. */
  sweepState(task: string, head: { readonly n: number; readonly attempt: string }, keep: readonly string[]): Promise<void>
}
