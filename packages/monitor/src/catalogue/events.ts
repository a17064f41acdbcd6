import type { CommittedRange, EndedRun, Retry, StepTime } from '@tickets/core'
import { codeOf } from '@tickets/core/internal'
import type { Observation } from './catalogue.ts'

/** Returns what counters and histograms take of a committed range. */
export function ofRange(pipeline: string, range: CommittedRange): Observation[] {
  const { task, rows, rejected, unmapped, refused, expired } = range
  const found: Observation[] = [{ metric: 'tickets_ranges_committed_total', labels: { pipeline, task }, value: 1 }]
  const count = (metric: Observation['metric'], labels: Observation['labels'], value: number) => {
    if (value > 0) found.push({ metric, labels: { pipeline, ...labels }, value })
  }
  count('tickets_rows_read_total', { task }, rows)
  count('tickets_rows_rejected_total', { task }, rejected)
  count('tickets_rows_unmapped_total', { task }, unmapped)
  count('tickets_rows_refused_total', { task }, refused)
  count('tickets_rows_expired_total', {}, expired)
  for (const [name, late] of Object.entries(range.late)) count('tickets_rows_late_total', operatorOf(name), late)
  for (const [flow, written] of Object.entries(range.written)) {
    count('tickets_rows_written_total', { flow }, written.rows)
    count('tickets_files_written_total', { flow }, written.files)
    count('tickets_bytes_written_total', { flow }, written.bytes)
  }
  return [...found, ...durationsOf(pipeline, range)]
}

/** Returns what counters take of a fault that is tried again: its code alone, since a message may hold what a server has answered. */
export const ofRetry = (pipeline: string, { task, error }: Retry): Observation[] => [
  { metric: 'tickets_retries_total', labels: { pipeline, task, code: codeOf(error) }, value: 1 },
]

/** Returns what counters take of the end of a run. */
export const ofEnd = (pipeline: string, { how, error }: EndedRun): Observation[] =>
  how === 'failed' ? [{ metric: 'tickets_runs_failed_total', labels: { pipeline, code: codeOf(error) }, value: 1 }] : []

function durationsOf(pipeline: string, { partition, steps, at, eventTime, brokerTime }: CommittedRange): Observation[] {
  const found: Observation[] = []
  const by = partition === null ? 'merge' : 'task'
  for (const [step, { start, end }] of Object.entries<StepTime>(steps))
    found.push({ metric: 'tickets_range_step_seconds', labels: { pipeline, by, step }, value: (end - start) / 1000 })
  const latency = (time: string, since: number | null) => {
    // A clock that is behind the broker's would give negative ones.
    if (since !== null)
      found.push({ metric: 'tickets_end_to_end_latency_seconds', labels: { pipeline, time }, value: Math.max(0, at - since) / 1000 })
  }
  latency('event', eventTime)
  latency('broker', brokerTime)
  return found
}

/** Splits `<flow>/<operator>`. */
function operatorOf(name: string): { readonly flow: string; readonly operator: string } {
  const slash = name.indexOf('/')
  return { flow: name.slice(0, Math.max(0, slash)), operator: name.slice(slash + 1) }
}
