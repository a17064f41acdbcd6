import { grown, maxBy, selector, sumBy } from './promql.ts'

/** One alert. Its file for Prometheus and its row in the docs are made from it; its runbook has a section of the same name. */
export interface Alert {
  readonly name: string
  /** When it fires, for the docs. */
  readonly fires: string
  /** `critical`: rows do not arrive, now or soon. `warning`: look at it today. */
  readonly severity: 'critical' | 'warning'
  /** Is true while something is wrong. */
  readonly expr: string
  /** How long it has to be true. */
  readonly for: string
  readonly summary: string
  readonly description: string
}

/** A backfill is `<pipeline>/<name>`, and ends on purpose. */
const up = selector('tickets_up', { pipeline: '!~".+/.+"' })
const lag = selector('tickets_consumer_lag')
const allLag = sumBy(['pipeline'], lag)
/** Being beaten to a record is what happens when partitions move. */
const retries = selector('tickets_retries_total', { code: '!="TASK_LOST"' })
const isWaiting = `${selector('tickets_rows_uncommitted')} > 0 or ${lag} > 0`
const sinceCommit = `time() - ${selector('tickets_last_commit_timestamp_seconds')}`

const share = (of: string, window: string) =>
  `${sumBy(['pipeline'], grown(of, window))} / ${sumBy(['pipeline'], grown(selector('tickets_rows_read_total'), window))}`

/** All alerts, the gravest first. Times are for the default `range.time` of 30 seconds. */
export const alerts: readonly Alert[] = [
  {
    name: 'TicketsPipelineDown',
    fires: 'no process has run the pipeline for 5 minutes, and one did within the last day',
    severity: 'critical',
    expr: `${maxBy(['pipeline'], `max_over_time(${up}[1d])`)} == 1 unless ${maxBy(['pipeline'], up)} == 1`,
    for: '5m',
    summary: '{{ $labels.pipeline }} does not run',
    description: 'No process has run {{ $labels.pipeline }} for 5 minutes, and one did within the last day.',
  },
  {
    name: 'TicketsRunFailed',
    fires: 'a run ended with an error within 15 minutes',
    severity: 'critical',
    expr: `${sumBy(['pipeline', 'code'], grown(selector('tickets_runs_failed_total'), '15m'))} > 0`,
    for: '0m',
    summary: '{{ $labels.pipeline }} failed with {{ $labels.code }}',
    description: 'A run of {{ $labels.pipeline }} ended with {{ $labels.code }} within 15 minutes. The message is in the log of its process.',
  },
  {
    name: 'TicketsNoCommit',
    fires: 'rows of a task wait, and none was committed for 10 minutes; it lasts 5 minutes',
    severity: 'critical',
    expr: `${maxBy(['pipeline', 'task'], isWaiting)} unless ${maxBy(['pipeline', 'task'], sinceCommit)} < 10 * 60`,
    for: '5m',
    summary: '{{ $labels.task }} of {{ $labels.pipeline }} commits nothing',
    description: 'Rows of {{ $labels.task }} wait, and {{ $labels.pipeline }} has committed none of them for 10 minutes or more.',
  },
  {
    name: 'TicketsLagGrows',
    fires: 'more than 1,000 messages are not read, and their number grows for 15 minutes',
    severity: 'warning',
    expr: `${allLag} > 1000 and deriv(${allLag}[15m:1m]) > 0`,
    for: '15m',
    summary: '{{ $labels.pipeline }} falls behind its source',
    description: '{{ $value | humanize }} messages are not read by {{ $labels.pipeline }}, and their number has grown for 15 minutes.',
  },
  {
    name: 'TicketsWatermarkStands',
    fires: 'the watermark of a partition that is not idle stands for 10 minutes; it lasts 5 minutes',
    severity: 'warning',
    expr: maxBy(['pipeline', 'task'], `${selector('tickets_watermark_lag_seconds')} and changes(${selector('tickets_watermark_seconds')}[10m]) == 0`),
    for: '5m',
    summary: '{{ $labels.task }} holds back the windows of {{ $labels.pipeline }}',
    description: 'The watermark of {{ $labels.task }} has not moved for 10 minutes or more. It is {{ $value | humanizeDuration }} behind the clock.',
  },
  {
    name: 'TicketsMergeLag',
    fires: 'the merge is more than 20 ranges of a task behind for 10 minutes',
    severity: 'warning',
    expr: `${maxBy(['pipeline', 'task'], selector('tickets_merge_lag_ranges'))} > 20`,
    for: '10m',
    summary: 'The merge of {{ $labels.pipeline }} is behind',
    description: 'The merge has not folded {{ $value }} ranges of {{ $labels.task }}, and has been more than 20 behind for 10 minutes.',
  },
  {
    name: 'TicketsRetries',
    fires: 'a fault comes more than 3 times within 10 minutes, `TASK_LOST` left out',
    severity: 'warning',
    expr: `${sumBy(['pipeline', 'code'], grown(retries, '10m'))} > 3`,
    for: '0m',
    summary: '{{ $labels.pipeline }} retries after {{ $labels.code }}',
    description:
      '{{ $value | humanize }} faults with {{ $labels.code }} within 10 minutes. Each was tried again; a run ends after `retries` in a row.',
  },
  {
    name: 'TicketsDeadLetters',
    fires: 'more than 1% of the messages were invalid within 15 minutes',
    severity: 'warning',
    expr: `${share(selector('tickets_rows_rejected_total'), '15m')} > 0.01`,
    for: '0m',
    summary: '{{ $labels.pipeline }} rejects {{ $value | humanizePercentage }} of its messages',
    description: 'More than 1% of the messages of {{ $labels.pipeline }} were invalid within 15 minutes. They went to `deadLetters`.',
  },
  {
    name: 'TicketsRowsRefused',
    fires: 'a flow made rows that cannot be written within 15 minutes',
    severity: 'warning',
    expr: `${sumBy(['pipeline'], grown(selector('tickets_rows_refused_total'), '15m'))} > 0`,
    for: '0m',
    summary: 'Flows of {{ $labels.pipeline }} make rows that cannot be written',
    description: 'A sink or its server refused rows within 15 minutes: {{ $value | humanize }}. They went to `deadLetters`.',
  },
  {
    name: 'TicketsLateRows',
    fires: 'more than 1% of the rows were late within 15 minutes',
    severity: 'warning',
    expr: `${share(selector('tickets_rows_late_total'), '15m')} > 0.01`,
    for: '0m',
    summary: '{{ $value | humanizePercentage }} of the rows of {{ $labels.pipeline }} come too late',
    description: 'More than 1% of the rows came after their window had closed within 15 minutes. They are in no window.',
  },
  {
    name: 'TicketsMemoryNearLimit',
    fires: 'rows held take more than 75% of `memory` on average over 10 minutes; it lasts 5 minutes',
    severity: 'warning',
    expr: `${maxBy(['pipeline'], `avg_over_time(${selector('tickets_held_bytes')}[10m]) / ${selector('tickets_memory_limit_bytes')}`)} > 0.75`,
    for: '5m',
    summary: '{{ $labels.pipeline }} waits for memory',
    description: 'Rows held take {{ $value | humanizePercentage }} of `memory` on average over 10 minutes. Above 75% reading has to wait.',
  },
]

/** Where the runbooks are, from the root of the repository. */
export const RUNBOOKS = 'docs/operations/runbooks.md'

/** The section of an alert's runbook. */
export const runbookOf = ({ name }: Alert): string => `${RUNBOOKS}#${name.toLowerCase()}`
