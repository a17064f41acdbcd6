/** What progress is made from: one task's figures, kept up to date while it runs. */
export interface TaskStatus {
  rows: number
  rejected: number
  /** Messages that the schema's `map` made no row of. */
  unmapped: number
  late: number
  /** Rows and messages without a row that were read and are not committed yet. */
  uncommitted: number
  ranges: number
  watermark: number
  lag: number | null
  idle: boolean
  ended: boolean
  /** It reads nothing, since its watermark is more than `maxDrift` ahead of the slowest partition. */
  heldBack: boolean
  /** When its last row was read, on the pipeline's clock. */
  lastRow: number
}

/** What `onProgress` reports. */
export interface Progress {
  /** What was read in this run: rows, and messages without a row, which are the rejected and the unmapped ones. */
  readonly rows: number
  readonly rejected: number
  /** Messages that the schema's `map` made no row of. */
  readonly unmapped: number
  /** Rows too late for a window, once for each `windowed`. */
  readonly late: number
  /** Rows a second since the last report. */
  readonly rate: number
  /** The minimum of the watermarks of the partitions that are not idle; null before all have one. */
  readonly watermark: Date | null
  /** Messages (bytes, for a file) not yet read, over all partitions; null when one does not tell. */
  readonly lag: number | null
  /** Ranges committed in this run. */
  readonly ranges: number
  /** What windows wait for, such as `windows wait for tickets-2 (no rows for 40 s)`; null when for nothing in particular. */
  readonly waiting: string | null
  readonly partitions: Readonly<Record<string, Readonly<TaskStatus>>>
}
