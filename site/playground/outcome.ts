/** A row of a trace, as a dot of the timeline. */
export interface Dot {
  readonly partition: number
  readonly key: string
  /** Event time, in seconds. */
  readonly seconds: number
}

/** A window of the timeline, in seconds. */
export interface Span {
  readonly key: string
  readonly start: number
  readonly end: number
  /** Its aggregates, as a scenario writes them. */
  readonly text: string
}

/** A row that came too late, with the windows that it missed. */
export interface Missed {
  readonly key: string
  readonly seconds: number
  readonly windows: readonly (readonly [start: number, end: number])[]
}

/** What happened in one step of the trace. */
export interface Step {
  readonly text: string
  readonly rows: readonly Dot[]
  /** Whether it committed: rows before it are not read again. */
  readonly commits: boolean
  readonly emitted: readonly Span[]
  /** Rows that are no windows. */
  readonly out: readonly string[]
  readonly late: readonly Missed[]
  /** Of each partition and of the merge, in seconds; null before the first row, and of a merge whose partitions are all idle. */
  readonly watermarks: readonly (number | null)[]
  readonly merge: number | null
  /** What would come out if the source ended here: the windows that fill. */
  readonly open: readonly Span[]
}

/** What a run gives. */
export interface Outcome {
  readonly steps: readonly Step[]
  /** What went wrong; steps before it are there. */
  readonly error: string | null
}
