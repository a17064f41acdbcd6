import type { MetricName } from '../src/catalogue/catalogue.ts'
import type { Label } from '../src/catalogue/definition.ts'
import { buckets, type LabelOf, type Matchers, maxBy, selector, sumBy } from './promql.ts'

/** A row of the dashboard. */
export interface PanelRow {
  readonly title: string
  readonly panels: readonly PanelDescription[]
}

/** One panel: what it asks, and what it says to someone who sees it for the first time. */
export interface PanelDescription {
  readonly title: string
  readonly description: string
  /** A unit of Grafana, such as `s` or `short`. */
  readonly unit: string
  readonly queries: readonly Query[]
}

/** One query, and the name of its series. */
export interface Query {
  readonly expr: string
  readonly legend: string
}

/** Only the pipelines that are chosen at the top of the dashboard. */
const chosen = <N extends MetricName>() => ({ pipeline: '=~"$pipeline"' }) as Matchers<N>
/** The window for rates that Grafana chooses, at least four scrapes. */
const RATE = '$__rate_interval'

const of = <N extends MetricName>(name: N) => selector(name, chosen<N>())
const rate = <N extends MetricName>(name: N) => `rate(${of(name)}[${RATE}])`
const legendOf = (labels: readonly Label[]) => labels.map((label) => `{{${label}}}`).join(' ')

const perSecond = <N extends MetricName>(name: N, labels: readonly (Label & LabelOf<N>)[], suffix = ''): Query => ({
  expr: sumBy(labels, rate(name)),
  legend: `${legendOf(labels)}${suffix}`,
})
const increase = <N extends MetricName>(name: N, labels: readonly (Label & LabelOf<N>)[], suffix = ''): Query => ({
  expr: sumBy(labels, `increase(${of(name)}[${RATE}])`),
  legend: `${legendOf(labels)}${suffix}`,
})
const largest = <N extends MetricName>(name: N, labels: readonly (Label & LabelOf<N>)[], suffix = ''): Query => ({
  expr: maxBy(labels, of(name)),
  legend: `${legendOf(labels)}${suffix}`,
})
const quantile = <N extends MetricName>(q: number, name: N, labels: readonly (Label & LabelOf<N>)[]): Query => ({
  expr: `histogram_quantile(${q}, sum by (${[...labels, 'le'].join(', ')}) (rate(${buckets(name, chosen<N>())}[${RATE}])))`,
  legend: `${legendOf(labels)} p${q * 100}`,
})

/** All panels, from the first look to the details. Each metric of the catalogue is in one of them. */
export const rows: readonly PanelRow[] = [
  {
    title: 'Runs',
    panels: [
      {
        title: 'Running',
        description: '1 while a process runs the pipeline.',
        unit: 'short',
        queries: [largest('tickets_up', ['pipeline'])],
      },
      {
        title: 'Failed runs',
        description: 'Runs that ended with an error, by its code.',
        unit: 'short',
        queries: [increase('tickets_runs_failed_total', ['pipeline', 'code'])],
      },
      {
        title: 'Retries',
        description: 'Faults after which a task, or the merge, was opened again. TASK_LOST is normal when partitions move.',
        unit: 'short',
        queries: [increase('tickets_retries_total', ['pipeline', 'code'])],
      },
      {
        title: 'Partitions',
        description: 'Partitions that processes have, and those of them that are idle.',
        unit: 'short',
        queries: [
          { expr: sumBy(['pipeline'], of('tickets_partitions_assigned')), legend: '{{pipeline}} assigned' },
          { expr: sumBy(['pipeline'], of('tickets_partition_idle')), legend: '{{pipeline}} idle' },
        ],
      },
    ],
  },
  {
    title: 'Freshness',
    panels: [
      {
        title: 'Lag',
        description: 'Messages that are not read yet, as of the last read; bytes for a file.',
        unit: 'short',
        queries: [largest('tickets_consumer_lag', ['pipeline', 'task'])],
      },
      {
        title: 'Time since the last commit',
        description: 'How long no range of a task was visible.',
        unit: 's',
        queries: [{ expr: `time() - ${maxBy(['pipeline', 'task'], of('tickets_last_commit_timestamp_seconds'))}`, legend: '{{pipeline}} {{task}}' }],
      },
      {
        title: 'Age of rows when they are visible',
        description: 'Of the newest row in a range: since its event time, and since the broker took it.',
        unit: 's',
        queries: [
          quantile(0.5, 'tickets_end_to_end_latency_seconds', ['pipeline', 'time']),
          quantile(0.99, 'tickets_end_to_end_latency_seconds', ['pipeline', 'time']),
        ],
      },
      {
        title: 'Watermark behind the clock',
        description: 'Of partitions that are not idle. The slowest one holds back the windows.',
        unit: 's',
        queries: [largest('tickets_watermark_lag_seconds', ['pipeline', 'task'])],
      },
      {
        title: 'Watermark',
        description: 'The event time up to which a partition is complete.',
        unit: 'dateTimeAsIso',
        queries: [{ expr: `${maxBy(['pipeline', 'task'], of('tickets_watermark_seconds'))} * 1000`, legend: '{{pipeline}} {{task}}' }],
      },
    ],
  },
  {
    title: 'Rows',
    panels: [
      {
        title: 'Rows read',
        description: 'A second, and committed.',
        unit: 'cps',
        queries: [perSecond('tickets_rows_read_total', ['pipeline', 'task'])],
      },
      {
        title: 'Rows written',
        description: 'A second, and visible.',
        unit: 'cps',
        queries: [perSecond('tickets_rows_written_total', ['pipeline', 'flow'])],
      },
      {
        title: 'Bytes written',
        description: 'A second, of files and messages; none for tables of a database.',
        unit: 'Bps',
        queries: [perSecond('tickets_bytes_written_total', ['pipeline', 'flow'])],
      },
      {
        title: 'Files written',
        description: 'Many small ones need `compact`.',
        unit: 'short',
        queries: [increase('tickets_files_written_total', ['pipeline', 'flow'])],
      },
      {
        title: 'Dead letters',
        description: 'Invalid messages, and rows of flows that could not be written.',
        unit: 'short',
        queries: [
          increase('tickets_rows_rejected_total', ['pipeline', 'task'], ' rejected'),
          increase('tickets_rows_refused_total', ['pipeline', 'task'], ' refused'),
        ],
      },
      {
        title: 'Rows in no window',
        description: 'Late rows, and those of partial aggregates that came after `keepFor`.',
        unit: 'short',
        queries: [
          increase('tickets_rows_late_total', ['pipeline', 'flow', 'operator'], ' late'),
          increase('tickets_rows_expired_total', ['pipeline'], ' expired'),
        ],
      },
      {
        title: 'Messages that the map leaves out',
        description: 'Messages that the map of the schema made no row of.',
        unit: 'short',
        queries: [increase('tickets_rows_unmapped_total', ['pipeline', 'task'])],
      },
    ],
  },
  {
    title: 'Ranges and memory',
    panels: [
      {
        title: 'Ranges committed',
        description: 'A second.',
        unit: 'cps',
        queries: [perSecond('tickets_ranges_committed_total', ['pipeline', 'task'])],
      },
      {
        title: 'Duration of the steps of a range',
        description: 'Reading includes waiting for messages.',
        unit: 's',
        queries: [quantile(0.99, 'tickets_range_step_seconds', ['pipeline', 'by', 'step'])],
      },
      {
        title: 'Rows not committed',
        description: 'Rows and messages that were read and are not committed yet.',
        unit: 'short',
        queries: [largest('tickets_rows_uncommitted', ['pipeline', 'task'])],
      },
      {
        title: 'Memory',
        description: 'Bytes of rows that a process holds, and the `memory` that limits them.',
        unit: 'bytes',
        queries: [
          largest('tickets_held_bytes', ['pipeline'], ' held'),
          { expr: `min by (pipeline) (${of('tickets_memory_limit_bytes')})`, legend: '{{pipeline}} limit' },
        ],
      },
      {
        title: 'Operator state',
        description: 'Bytes in the log: the last whole snapshot, and the changes since.',
        unit: 'bytes',
        queries: [largest('tickets_state_bytes', ['pipeline', 'task'])],
      },
    ],
  },
  {
    title: 'Merge',
    panels: [
      {
        title: 'Results that wait',
        description: 'Results of windows that wait until the watermarks pass them.',
        unit: 'short',
        queries: [largest('tickets_merge_waiting', ['pipeline'])],
      },
      {
        title: 'Ranges not folded',
        description: 'How far the merge is behind each task.',
        unit: 'short',
        queries: [largest('tickets_merge_lag_ranges', ['pipeline', 'task'])],
      },
    ],
  },
]
