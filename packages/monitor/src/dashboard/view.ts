/** What a dashboard shows at one moment, as JSON; times in epoch milliseconds. It holds no row, no option and no message of an error. */
export interface DashboardView {
  /** When the view was made. */
  readonly now: number
  readonly pipelines: readonly PipelineView[]
}

/** One pipeline or backfill. Its counts begin with the process, and have what was committed. */
export interface PipelineView {
  readonly name: string
  readonly state: 'running' | 'done' | 'stopped' | 'failed'
  readonly source: string
  readonly counts: CountsView
  /** Null once the run has ended. */
  readonly progress: ProgressView | null
  readonly outputs: readonly OutputView[]
  readonly losses: readonly LossView[]
  readonly history: HistoryView
  /** The last ranges that were committed, the newest first. */
  readonly commits: readonly CommitView[]
  /** The last faults, the newest first. */
  readonly faults: readonly FaultView[]
}

/** What the ranges of this process have, all together. */
export interface CountsView {
  /** Rows, and messages without a row. */
  readonly rows: number
  readonly ranges: number
  readonly late: number
  readonly rejected: number
}

/** How far a run is. */
export interface ProgressView {
  /** Rows and messages that were read, and those of them that are not committed yet. */
  readonly read: number
  readonly uncommitted: number
  readonly lag: number | null
  /** The lowest watermark of the partitions that are neither idle nor ended. */
  readonly watermark: number | null
  readonly held: number
  readonly memory: number
  readonly windows: WaitView
  /** The partitions of this process. Of more than 64 those with the lowest watermarks. */
  readonly partitions: readonly PartitionView[]
  /** How many partitions of this process are not among them. */
  readonly morePartitions: number
  /** False until the source has assigned partitions. */
  readonly isAssigned: boolean
}

/** What windows wait for. */
export interface WaitView {
  /** `none`: no result waits. `elsewhere`: the merge runs in another process. `no windows`: no flow has any. */
  readonly state: 'no windows' | 'none' | 'elsewhere' | 'waiting'
  /** Results that wait until the watermark passes their window. */
  readonly results: number
  /** The partition with the lowest watermark, which holds all windows back; null where it is not known here. */
  readonly partition: string | null
  /** How long that partition has had no rows, in milliseconds; null while they come. */
  readonly quiet: number | null
  /** Such as `windows wait for tickets-2 (it runs in another process)`; null while rows come, or nothing waits. */
  readonly reason: string | null
}

/** One partition of this process. */
export interface PartitionView {
  readonly task: string
  /** `idle`: without rows for `idleTimeout`, so that it holds no window back. */
  readonly state: 'running' | 'idle' | 'ended'
  readonly read: number
  readonly uncommitted: number
  /** Messages not read yet; bytes for a file; null where the source does not tell. */
  readonly lag: number | null
  readonly watermark: number | null
  /** When its last row was read. */
  readonly lastRow: number | null
}

/** Where rows go. */
export interface OutputView {
  readonly flow: string
  /** Without credentials. */
  readonly target: string | null
  readonly format: string | null
  readonly inMerge: boolean
  readonly rows: number
  readonly files: number
  readonly bytes: number
  /** Rows a second that became visible in the minute up to its last commit; 0 once that is long ago. */
  readonly rate: number
  /** When it last had rows; null before. */
  readonly lastCommit: number | null
}

/** Rows that are in no flow, and why. */
export interface LossView {
  readonly kind: 'late' | 'rejected' | 'refused' | 'unmapped' | 'expired'
  /** `<flow>/<operator>` of late rows, the reason of rejected ones where the dashboard knows it; else null. */
  readonly where: string | null
  readonly rows: number
}

/** Rows a second, by when they were read. */
export interface HistoryView {
  /** When the first step begins. */
  readonly from: number
  /** How long a step is, in milliseconds. */
  readonly step: number
  /** The rate of each step; null before the first row. */
  readonly rates: readonly (number | null)[]
}

/** One committed range. */
export interface CommitView {
  readonly task: string
  readonly n: number
  readonly at: number
  readonly rows: number
  readonly late: number
  readonly rejected: number
  /** What all sinks together got. */
  readonly written: number
  readonly files: number
  readonly bytes: number
  /** From its first message until it was visible, and the part of it after reading; null where another attempt has recorded it. */
  readonly took: number | null
  readonly writing: number | null
}

/** One fault, by its code. */
export interface FaultView {
  readonly at: number
  /** Null where the whole run failed. */
  readonly task: string | null
  readonly code: string
  readonly failures: number
}
