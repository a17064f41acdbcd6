import type { Label, MetricDefinition } from './definition.ts'

/** From a millisecond to a minute, for the steps of a range. */
const STEP_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60]
/** From a tenth of a second to a day, since event times may be old. */
const LATENCY_SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 86_400]

/** All metrics, each once. Names and labels are stable: a change is a breaking one. */
export const catalogue = [
  {
    name: 'tickets_up',
    type: 'gauge',
    unit: '{run}',
    labels: ['pipeline'],
    help: '1 while the run of the pipeline lasts, 0 once it has ended',
  },
  {
    name: 'tickets_runs_failed_total',
    type: 'counter',
    unit: '{run}',
    labels: ['pipeline', 'code'],
    help: 'Runs that ended with an error',
  },
  {
    name: 'tickets_retries_total',
    type: 'counter',
    unit: '{retry}',
    labels: ['pipeline', 'task', 'code'],
    help: 'Faults after which a task, or the merge, was opened again',
  },
  {
    name: 'tickets_partitions_assigned',
    type: 'gauge',
    unit: '{partition}',
    labels: ['pipeline'],
    help: 'Partitions that this process has',
  },
  {
    name: 'tickets_rows_read_total',
    type: 'counter',
    unit: '{row}',
    labels: ['pipeline', 'task'],
    help: 'Rows that were read and committed, and messages without a row: those rejected and those unmapped',
  },
  {
    name: 'tickets_rows_rejected_total',
    type: 'counter',
    unit: '{row}',
    labels: ['pipeline', 'task'],
    help: 'Invalid messages, which are dead letters',
  },
  {
    name: 'tickets_rows_unmapped_total',
    type: 'counter',
    unit: '{row}',
    labels: ['pipeline', 'task'],
    help: 'Messages that the map of the schema made no row of',
  },
  {
    name: 'tickets_rows_refused_total',
    type: 'counter',
    unit: '{row}',
    labels: ['pipeline', 'task'],
    help: 'Rows that flows made and that could not be written, which are dead letters',
  },
  {
    name: 'tickets_rows_late_total',
    type: 'counter',
    unit: '{row}',
    labels: ['pipeline', 'flow', 'operator'],
    help: 'Rows that came too late for a window',
  },
  {
    name: 'tickets_rows_expired_total',
    type: 'counter',
    unit: '{row}',
    labels: ['pipeline'],
    help: 'Rows of partial aggregates that came after keepFor',
  },
  {
    name: 'tickets_rows_uncommitted',
    type: 'gauge',
    unit: '{row}',
    labels: ['pipeline', 'task'],
    help: 'Rows and messages that were read and are not committed yet',
  },
  {
    name: 'tickets_rows_written_total',
    type: 'counter',
    unit: '{row}',
    labels: ['pipeline', 'flow'],
    help: 'Rows that a sink has made visible',
  },
  {
    name: 'tickets_files_written_total',
    type: 'counter',
    unit: '{file}',
    labels: ['pipeline', 'flow'],
    help: 'Files that a sink has made visible, the empty first one of a dataset included',
  },
  {
    name: 'tickets_bytes_written_total',
    type: 'counter',
    unit: 'By',
    labels: ['pipeline', 'flow'],
    help: 'Bytes of files or messages that a sink has made visible; none for tables of a database',
  },
  {
    name: 'tickets_ranges_committed_total',
    type: 'counter',
    unit: '{range}',
    labels: ['pipeline', 'task'],
    help: 'Ranges that were committed',
  },
  {
    name: 'tickets_range_step_seconds',
    type: 'histogram',
    unit: 's',
    labels: ['pipeline', 'by', 'step'],
    help: 'How long a step of a range took; reading includes waiting for messages',
    buckets: STEP_SECONDS,
  },
  {
    name: 'tickets_last_commit_timestamp_seconds',
    type: 'gauge',
    unit: 's',
    labels: ['pipeline', 'task'],
    help: 'When the last range of the task was visible, in seconds since 1970',
  },
  {
    name: 'tickets_end_to_end_latency_seconds',
    type: 'histogram',
    unit: 's',
    labels: ['pipeline', 'time'],
    help: 'How old the newest row of a range was when the range was visible',
    buckets: LATENCY_SECONDS,
  },
  {
    name: 'tickets_watermark_seconds',
    type: 'gauge',
    unit: 's',
    labels: ['pipeline', 'task'],
    help: 'The watermark of a partition, in seconds since 1970',
  },
  {
    name: 'tickets_watermark_lag_seconds',
    type: 'gauge',
    unit: 's',
    labels: ['pipeline', 'task'],
    help: 'How far the watermark of a partition that is not idle is behind the clock',
  },
  {
    name: 'tickets_consumer_lag',
    type: 'gauge',
    unit: '{message}',
    labels: ['pipeline', 'task'],
    help: 'Messages of a partition that are not read yet; bytes for a file',
  },
  {
    name: 'tickets_partition_idle',
    type: 'gauge',
    unit: '{partition}',
    labels: ['pipeline', 'task'],
    help: '1 while a partition is idle and holds no window back',
  },
  {
    name: 'tickets_held_bytes',
    type: 'gauge',
    unit: 'By',
    labels: ['pipeline'],
    help: 'Bytes of rows that are held, over all tasks of the process',
  },
  {
    name: 'tickets_memory_limit_bytes',
    type: 'gauge',
    unit: 'By',
    labels: ['pipeline'],
    help: 'The memory option of the pipeline, which limits the bytes held',
  },
  {
    name: 'tickets_state_bytes',
    type: 'gauge',
    unit: 'By',
    labels: ['pipeline', 'task'],
    help: 'Operator state in the log: the last whole snapshot, and the changes since',
  },
  {
    name: 'tickets_merge_waiting',
    type: 'gauge',
    unit: '{result}',
    labels: ['pipeline'],
    help: 'Results of windows that wait until the watermarks pass them, where the merge runs',
  },
  {
    name: 'tickets_merge_lag_ranges',
    type: 'gauge',
    unit: '{range}',
    labels: ['pipeline', 'task'],
    help: 'Ranges of a task of this process that the merge has not folded yet, where the merge runs',
  },
] as const satisfies readonly MetricDefinition[]

/** What the labels of a metric say, for the docs. */
export const labelHelp: Readonly<Record<Label, string>> = {
  pipeline: 'the name of the pipeline; of a backfill `<pipeline>/<backfill>`',
  task: 'the partition, `<topic>-<number>`; `merge`; in a backfill the name of its task',
  flow: 'the name of the flow; `@late…` and `@dead_letters` for the rows that no flow has',
  operator: 'the id of the operator in its flow',
  step: '`read`, `stage`, `record` or `publish`',
  by: '`task` or `merge`',
  time: '`event`: since the event time of the newest row; `broker`: since the broker took the last message',
  code: 'the code of the error, or `OTHER` where it has none',
}

/** The name of a metric. */
export type MetricName = (typeof catalogue)[number]['name']

/** Values of a metric's labels. */
export type Labels = Readonly<Record<string, string>>

/** One thing that was seen: by how much a counter grows, what a gauge is, or what a histogram takes. */
export interface Observation {
  readonly metric: MetricName
  readonly labels: Labels
  readonly value: number
}
