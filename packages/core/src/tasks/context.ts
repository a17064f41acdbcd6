import type { Clock } from '../base/clock.ts'
import type { Json } from '../base/json.ts'
import type { Logger } from '../base/log/logger.ts'
import type { MemoryBudget } from '../commit/memory-budget.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import type { TaskStatus } from '../connectors/progress.ts'
import type { Source } from '../connectors/source.ts'
import type { Flows } from '../dataflow/graph.ts'
import type { Requirements } from '../dataflow/scope.ts'
import type { TaskView } from '../merge/entry.ts'
import type { DrainDeadline } from './drain-deadline.ts'
import type { ReportedRange } from './range-report.ts'
import type { RecordNews } from './record-news.ts'
import type { RunEvents } from './run-events.ts'
import type { RunWriters } from './writer-specs.ts'

/** Returns the figures of a task that has read nothing yet. */
export const freshStatus = (now: number): TaskStatus => ({
  rows: 0,
  rejected: 0,
  unmapped: 0,
  late: 0,
  uncommitted: 0,
  ranges: 0,
  watermark: Number.NEGATIVE_INFINITY,
  lag: null,
  idle: false,
  ended: false,
  heldBack: false,
  lastRow: now,
})

/** Everything that tasks and the merge of one run share; made once by the pipeline, all defaults filled in. */
export interface TaskContext<T> {
  readonly name: string
  readonly logId: string
  readonly source: Source<T, Json>
  readonly log: CommitLog
  readonly flows: Flows<T>
  /** What the tasks and the merge write. */
  readonly writers: RunWriters
  /** `<flow>/<id>` → what an operator requires of the source. */
  readonly requirements: ReadonlyMap<string, Requirements>
  readonly clock: Clock
  readonly logger: Logger
  readonly budget: MemoryBudget
  /** When the run has to be at rest. */
  readonly drain: Pick<DrainDeadline, 'wait'>
  /** Milliseconds, all of them; `idleTimeout` is Infinity when off. */
  readonly time: {
    readonly maxOutOfOrderness: number
    readonly idleTimeout: number
    readonly maxFuture: number
    readonly keepFor: number
    readonly maxDrift: number
  }
  /** A range ends at the first of these; `time` in milliseconds. */
  readonly range: { readonly rows: number; readonly bytes: number; readonly time: number }
  /** Partitions of the pipeline record, in order. */
  readonly begun: readonly string[]
  /** The same with those that joined since, or are about to. */
  readonly partitions: readonly string[]
  /** Where a merge begins that the log had no use for before; null: at the first record of each task. */
  readonly mergeFrom: Readonly<Record<string, TaskView>> | null
  /** Flows that the log knows and that do not run any more: what it holds of them is let be. */
  readonly gone: ReadonlySet<string>
  /** How many changes of the flows this process knows of. */
  readonly changes: number
  /** Tasks that fill flows which joined → those flows. */
  readonly fills: ReadonlyMap<string, readonly string[]>
  /** Tasks and the merge stop with a record that names no files, so that the next program may be one without some of the sinks. */
  readonly rests: boolean
  /** The time that rows of tasks without a record are judged by, in epoch milliseconds. */
  readonly reference: number | undefined
  /** The partition that a task reads; another name than the task's in a backfill. */
  originOf(task: string): string
  /** The partitions of other sources that a task reads → the names of those. */
  inputsOf(task: string): ReadonlyMap<string, string>
  /** Whether a task tells of an invalid message at this position of its partition; another one does where not. */
  tells(task: string, offset: number): boolean
  /** Where a partition without a record starts. */
  startOf(partition: string): Promise<Json>
  /** Where this run stops reading a partition; undefined: it does not. */
  endOf(partition: string): Json | undefined
  /** The merge has committed all records of the task below this one. */
  neededFrom(task: string): Promise<number>
  /** Wakes those that wait for records of this process. */
  readonly news: RecordNews
  /** Those that watch the run. */
  readonly events: RunEvents
  /** Task → its last range that is visible, and was reported to them. */
  readonly reported: Map<string, ReportedRange>
  readonly statuses: Map<string, TaskStatus>
}

/** Returns the tasks of the pipeline that this process knows: those at the start, and those assigned since. */
export const knownTasks = ({ partitions, statuses }: Pick<TaskContext<unknown>, 'partitions' | 'statuses'>) => [
  ...new Set([...partitions, ...statuses.keys()]),
]
