import type { Json } from '../base/json.ts'
import type { Batch, Schema } from '../batch/batch.ts'
import type { Rejected } from '../batch/message.ts'

/** One partition of a source. Its `id` names the task that runs it: `<topic>-<number>`, letters of a file name only. */
export interface PartitionInfo<P> {
  readonly id: string
  readonly topic: string
  /** The first position that can still be read. */
  readonly earliest: P
  /** Where a new pipeline starts: `latest` and timestamps are resolved here. */
  readonly start: P
  /** The position after the last message there is now. */
  readonly end: P
}

/** What a source consists of at this moment. */
export interface SourceInfo<P> {
  /** Topics with their broker's id, null where the broker or client does not tell. */
  readonly topics: readonly { readonly name: string; readonly id: string | null }[]
  /** In their order: the first is the one whose holder runs the merge. */
  readonly partitions: readonly PartitionInfo<P>[]
}

/** How much one `read` may return. All of them are upper bounds, but one message larger than `bytes` is still returned. */
export interface Limit {
  readonly rows: number
  readonly bytes: number
  /** Return what there is (nothing, too) after this many milliseconds. */
  readonly ms: number
  /** Return at once when it aborts. */
  readonly signal: AbortSignal
}

/** What one `read` returned. */
export interface Chunk<out T, out P> {
  readonly batch: Batch<T>
  readonly rejected: readonly Rejected[]
  /** Messages of which the schema's `map` made no row, as `Schema.decode` counts them; 0 by default. */
  readonly unmapped?: number
  /** The next position to read, taken from the fetch, so that gaps after the last message are passed too. */
  readonly position: P
  /** How many messages (or bytes, for a file) lie between `position` and the end; null when unknown. 0 means caught up. */
  readonly lag: number | null
  /** The broker's time of its last message, in epoch milliseconds, where the source has one. */
  readonly brokerTime?: number
  /** No row after this chunk has an event time before it, in epoch milliseconds: where a source knows. It must be a function of the position. */
  readonly watermark?: number
  /**
   * The watermark just before each row of the batch, where a source knows it: then event times do not move it, and `maxOutOfOrderness` does
   * not count. A function of the messages up to the row, however they are cut into chunks.
   */
  readonly watermarks?: Float64Array
  /** What the reader has to know beside `position` to continue there; it rides in the record, and `open` gets it back. */
  readonly memory?: Json
  /** Of a task that reads several sources: what this chunk holds of another one than the pipeline's own; its `batch` is empty then. */
  readonly part?: InputPart
}

/** What a chunk holds of a source beside the pipeline's own. */
export interface InputPart {
  /** The name of its source. */
  readonly input: string
  readonly rows: Batch<unknown>
  readonly partition: string
  /** `ended`: nothing can come any more. `idle`: nothing has come for its `idleTimeout`, and there is nothing to read. */
  readonly state: 'running' | 'idle' | 'ended'
}

/** How a reader opens its partition. */
export interface OpenOptions<P> {
  /** Read up to this position, return a chunk whose `position` is exactly it, then `'end'`. Absent: read on for ever, or to the end of a complete source. */
  readonly to?: P
  /** Passed on to `schema.decode` (docs/internals/protocol.md#5.5), in milliseconds. */
  readonly maxFuture: number
  /** Passed on to `schema.decode` too: a time that the log holds, in epoch milliseconds. */
  readonly reference?: number
  /** The `memory` of the last committed chunk, where it had one. */
  readonly memory?: Json
}

/** Reads one partition. Resuming at a returned position repeats nothing and skips nothing. */
export interface Reader<out T, P> {
  read(max: Limit): Promise<Chunk<T, P> | 'end'>
  /** Tells the source how far its rows are safely committed; advisory, and may be lost. `note` is the log's id. */
  commit?(position: P, note: string): Promise<void>
  /** Releases what the reader holds. */
  close(): Promise<void>
}

/** Handles the partitions that a source assigns to this process. */
export interface Assignments {
  /**
   * Assigns partitions to this process. Each call opens them anew from the log, even if they were assigned before. A process that gets none
   * receives an empty list: a bounded run waits for its first assignment, and for another one after all of its partitions were revoked.
   */
  assigned(partitions: readonly string[]): void
  /** Takes partitions from this process. The promise settles when their tasks have stopped. */
  revoked(partitions: readonly string[]): Promise<void>
  /** Reports that the source cannot continue. */
  failed(error: unknown): void
}

/** Something that holds resources until it is closed. */
export interface Closable {
  /** Releases what it holds. */
  close(): Promise<void>
}

/**
 * Where rows come from: partitions that are read from a position.
 *
 * `until` says how a run ends: `never`, at the end there is `now` (resolved once a run), or `complete`, when the source has an end
 * after which nothing can ever come (docs/internals/protocol.md#4.5).
 */
export interface Source<out T, P = number> {
  readonly name: string
  readonly schema: Schema<T>
  readonly until: 'never' | 'now' | 'complete'
  /** No partition is ever added, so that a window is released once all partitions have closed it; others are kept for `keepFor`. */
  readonly fixed?: boolean
  /** A partition that was read to its end may go away, as files do. */
  readonly mayShrink?: boolean
  /** Columns by which rows are spread over partitions: rows equal in them share a partition. */
  readonly keyedBy?: readonly string[]
  /** Returns topics, partitions and positions. `logId` lets it check offsets that another log left (docs/internals/protocol.md#1.3). */
  describe(): Promise<SourceInfo<P>>
  /** Starts handing out partitions to this process; a source without a group hands out all of them at once. */
  partitions(on: Assignments): Promise<Closable>
  /**
   * Returns a source of the same rows for a pipeline that reads it beside its own: it hands out all partitions at once, without a group, since the
   * partitions of the pipeline's own source decide who reads which.
   */
  asInput?(): Source<T, P>
  /** Opens a partition that was assigned. Throws `POSITION_GONE` or `POSITION_AHEAD` if `from` does not exist. */
  open(partition: string, from: P, options: OpenOptions<P>): Promise<Reader<T, P>>
  /**
   * Checks what the group committed against this log (docs/internals/protocol.md#1.3). `heads` gives each task's committed position, or null.
   * `fresh`: the log took its targets over, so ignore offsets of partitions without a record, which an older log left.
   */
  checkOffsets?(log: { id: string; fresh: boolean; heads: Readonly<Record<string, P | null>> }): Promise<void>
  /**
   * Returns a source of the same rows for a backfill of this name. Its partitions start at the first message from `from` (epoch milliseconds) on,
   * and end at the first from `until` on, or at their current end. It shares no group with this source, so that it takes no partition away. Only
   * for positions that are numbers.
   */
  backfill?(options: { readonly name: string; readonly from: 'earliest' | number; readonly until?: number }): Source<T, P>
}
