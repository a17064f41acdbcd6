/** What a metric is. Prometheus, OpenTelemetry and the table in the docs are made from it. */
export interface MetricDefinition {
  /** The name in Prometheus, with `_total` for counters and the unit. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** In the notation of OpenTelemetry: `s`, `By`, or the counted thing in braces. */
  readonly unit: string
  /** Names of its labels, in their order. Every metric has `pipeline` first. */
  readonly labels: readonly Label[]
  /** What it says, in one sentence without a full stop. */
  readonly help: string
  /** The upper bounds of a histogram's buckets, without the last, infinite one. */
  readonly buckets?: readonly number[]
}

/** A label that metrics have. */
export type Label = 'pipeline' | 'task' | 'flow' | 'operator' | 'step' | 'by' | 'time' | 'code'
