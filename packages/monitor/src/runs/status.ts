import type { CommittedRange, RunState, TaskStatus } from '@tickets/core'
import type { RunView, SeenError } from './run-view.ts'

/** What `/status` says of one pipeline or backfill, as JSON; times as ISO texts. */
export interface PipelineStatus {
  readonly name: string
  readonly logId: string
  readonly state: 'running' | 'done' | 'stopped' | 'failed'
  /** Where rows come from and go to: source → flows → targets. */
  readonly graph: {
    readonly source: string
    readonly partitions: readonly string[]
    readonly outputs: readonly { readonly flow: string; readonly target: string | null; readonly format: string | null; readonly inMerge: boolean }[]
  }
  /** Null once the run has ended. */
  readonly progress: ProgressStatus | null
  /** The last ranges that were committed, the newest last. */
  readonly ranges: readonly RangeStatus[]
  /** The last faults; their messages are in the log of the process. */
  readonly errors: readonly (Omit<SeenError, 'at'> & { readonly at: string })[]
}

/** How far a run is. */
export interface ProgressStatus {
  readonly rows: number
  readonly rate: number
  readonly watermark: string | null
  readonly lag: number | null
  readonly waiting: string | null
  readonly heldBytes: number
  readonly memoryBytes: number
  /** Null until the source has assigned some. */
  readonly assigned: readonly string[] | null
  readonly partitions: Readonly<Record<string, PartitionStatus>>
}

/** One partition of this process. */
export interface PartitionStatus extends Omit<TaskStatus, 'watermark' | 'lastRow'> {
  readonly watermark: string | null
  readonly lastRow: string
}

/** One committed range. */
export interface RangeStatus extends Pick<CommittedRange, 'task' | 'n' | 'rows' | 'rejected' | 'written'> {
  readonly at: string
  /** Step → milliseconds. */
  readonly steps: Readonly<Record<string, number>>
}

/** Returns what is known of a run. It holds no row, no option and no message of an error. */
export function statusOf(view: RunView): PipelineStatus {
  const { name, run, end, errors, ranges } = view
  const { logId, source, partitions, outputs } = run
  const state = view.state()
  return {
    name,
    logId,
    state: end?.how ?? 'running',
    graph: { source, partitions, outputs: outputs.map((output) => ({ ...output, target: output.target && withoutCredentials(output.target) })) },
    progress: state && progressOf(state),
    ranges: ranges.map(rangeOf),
    errors: errors.map((error) => ({ ...error, at: isoOf(error.at) ?? '' })),
  }
}

function progressOf({ assigned, memory, progress }: RunState): ProgressStatus {
  const { rows, rate, watermark, lag, waiting } = progress
  const tasks = Object.entries(progress.partitions).filter(([task]) => assigned?.includes(task))
  return {
    rows,
    rate: Math.round(rate),
    watermark: watermark?.toISOString() ?? null,
    lag,
    waiting,
    heldBytes: memory.held,
    memoryBytes: memory.limit,
    assigned,
    partitions: Object.fromEntries(
      tasks.map(([task, status]) => [task, { ...status, watermark: isoOf(status.watermark), lastRow: isoOf(status.lastRow) ?? '' }]),
    ),
  }
}

function rangeOf({ task, n, rows, rejected, written, at, steps }: CommittedRange): RangeStatus {
  const times = Object.entries(steps).map(([step, time]) => [step, time.end - time.start] as const)
  return { task, n, rows, rejected, written, at: isoOf(at) ?? '', steps: Object.fromEntries(times) }
}

/** The times that a Date can hold, in milliseconds from 1970. */
const LAST = 8.64e15

const isoOf = (ms: number): string | null => (Math.abs(ms) <= LAST ? new Date(ms).toISOString() : null)

/** Returns a target without a user and password. Targets are names, not addresses; a sink of a user may have one all the same. */
export const withoutCredentials = (target: string): string => target.replaceAll(/\/\/[^/@\s]*@/g, '//')
