import type { Progress } from './progress.ts'

/**
 * Watches the runs of pipelines: for metrics, traces and health. It is called once for each range and each event, never for each row. What it throws
 * is logged once and stops nothing.
 */
export interface Telemetry {
  /** Begins to watch a run. Its partitions and outputs are known by now, and nothing of it was read. */
  watch(run: WatchedRun): RunWatcher
}

/** Receives the events of one run. */
export interface RunWatcher {
  /** Takes a range that is committed and visible. */
  committed?(range: CommittedRange): void
  /** Takes a fault after which a task, or the merge, is opened again. */
  retried?(retry: Retry): void
  /** Takes the end of the run. No other event comes after it. */
  ended?(end: EndedRun): void
}

/** A run as it begins, and its state at any moment. */
export interface WatchedRun {
  readonly pipeline: string
  /** The id of the pipeline's log. */
  readonly logId: string
  /** The name of the backfill, or null for an ordinary run. */
  readonly backfill: string | null
  /** The name of the source, such as `kafka:client_tickets`. */
  readonly source: string
  /** Partitions that are known as the run begins, in other processes too. */
  readonly partitions: readonly string[]
  readonly outputs: readonly WatchedOutput[]
  /** When a range ends at the latest, in milliseconds. */
  readonly rangeTime: number
  /** Returns the state at this moment. The rate is that since the last call. */
  state(): RunState
}

/** Where rows of a run go. */
export interface WatchedOutput {
  /** The flow's name; `@late…` and `@dead_letters` for the rows that no flow has. */
  readonly flow: string
  readonly target: string | null
  readonly format: string | null
  /** Whether the merge writes it, and not the tasks. */
  readonly inMerge: boolean
}

/** What a run in this process is doing. */
export interface RunState {
  /** The time on the pipeline's clock, in epoch milliseconds. */
  readonly now: number
  /** The partitions of this process, which may be none; null until its source has assigned them. */
  readonly assigned: readonly string[] | null
  readonly progress: Progress
  /** Bytes of rows that are held, and the `memory` that limits them. */
  readonly memory: { readonly held: number; readonly limit: number }
  /** The merge, where this process runs it. */
  readonly merge: MergeStatus | null
}

/** How far the merge is. */
export interface MergeStatus {
  /** Results that wait until the watermarks pass their window. */
  readonly waiting: number
  /** Task → the last of its records that the merge has folded; -1 before the first. */
  readonly positions: Readonly<Record<string, number>>
}

/** A part of the time that a range took. */
export type RangeStep = 'read' | 'stage' | 'record' | 'publish'

/** When a step began and ended, in epoch milliseconds. */
export interface StepTime {
  readonly start: number
  readonly end: number
}

/** A range that was committed. Its counts are those of its record less those of the record before. */
export interface CommittedRange {
  /** `<topic>-<partition>`, or `merge`. */
  readonly task: string
  /** The partition that the task reads; another name than the task's in a backfill. Null for the merge. */
  readonly partition: string | null
  /** The number of its record. */
  readonly n: number
  /** When it was visible, on the pipeline's clock, in epoch milliseconds. */
  readonly at: number
  /** What was read: rows, and messages without a row, which are the rejected and the unmapped ones. */
  readonly rows: number
  readonly rejected: number
  readonly unmapped: number
  /** Rows that flows made and that could not be written. */
  readonly refused: number
  /** Rows of partial aggregates that came after `keepFor`, which only the merge counts. */
  readonly expired: number
  /** `<flow>/<operator>` → rows that were too late for a window. */
  readonly late: Readonly<Record<string, number>>
  /** Flow → what its sink got. */
  readonly written: Readonly<Record<string, WrittenOutput>>
  /** The steps in their order. Empty when another attempt had recorded the range, and this one has only published it. */
  readonly steps: Readonly<Partial<Record<RangeStep, StepTime>>>
  /** The newest event time of its rows, in epoch milliseconds; null when the range did not move it. */
  readonly eventTime: number | null
  /** The broker's time of its last message, in epoch milliseconds; null where the source does not tell. */
  readonly brokerTime: number | null
  /** Bytes of operator state that the log holds for the task: the last whole snapshot, and the changes since. */
  readonly stateBytes: number
}

/** What one output of a range is. */
export interface WrittenOutput {
  readonly rows: number
  /** Files that were made visible; 0 for sinks without files. */
  readonly files: number
  /** Bytes of the files or messages; 0 where the sink does not tell. */
  readonly bytes: number
}

/** A fault that is tried again. */
export interface Retry {
  /** `<topic>-<partition>`, or `merge`. */
  readonly task: string
  readonly error: unknown
  /** Failures without a commit between them, this one included. */
  readonly failures: number
  /** The time on the pipeline's clock, in epoch milliseconds. */
  readonly at: number
}

/** How a run ended. */
export interface EndedRun {
  /** `done`: the source ended; `stopped`: the run was stopped; `failed`: with `error`. */
  readonly how: 'done' | 'stopped' | 'failed'
  readonly error?: unknown
  /** The time on the pipeline's clock, in epoch milliseconds. */
  readonly at: number
}
