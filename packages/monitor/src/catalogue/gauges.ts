import type { CommittedRange, RunState } from '@tickets/core'
import type { Observation } from './catalogue.ts'

/** Task → its last range that this process has committed. */
export type LastRanges = ReadonlyMap<string, Pick<CommittedRange, 'n' | 'at' | 'stateBytes'>>

/**
 * Returns what the gauges are at this moment. Only partitions that this process has are among them, so that a partition that has moved to another
 * process has one series and not two.
 */
export function ofState(pipeline: string, state: RunState, tasks: LastRanges): Observation[] {
  const { assigned, memory, merge } = state
  const found: Observation[] = []
  const set = (metric: Observation['metric'], value: number | null | undefined, labels: Observation['labels'] = {}) => {
    if (typeof value === 'number' && Number.isFinite(value)) found.push({ metric, labels: { pipeline, ...labels }, value })
  }
  set('tickets_up', 1)
  set('tickets_partitions_assigned', assigned?.length ?? 0)
  set('tickets_held_bytes', memory.held)
  set('tickets_memory_limit_bytes', memory.limit)
  set('tickets_merge_waiting', merge?.waiting)
  for (const task of assigned ?? []) {
    const status = state.progress.partitions[task]
    if (!status) continue
    const { watermark, idle, ended, lag, uncommitted } = status
    set('tickets_watermark_seconds', watermark / 1000, { task })
    if (!idle && !ended) set('tickets_watermark_lag_seconds', (state.now - watermark) / 1000, { task })
    set('tickets_consumer_lag', lag, { task })
    set('tickets_partition_idle', idle ? 1 : 0, { task })
    set('tickets_rows_uncommitted', uncommitted, { task })
  }
  for (const [task, { n, at, stateBytes }] of tasks) {
    if (task === 'merge' ? !merge : !assigned?.includes(task)) continue
    set('tickets_last_commit_timestamp_seconds', at / 1000, { task })
    set('tickets_state_bytes', stateBytes, { task })
    if (merge && task !== 'merge') set('tickets_merge_lag_ranges', Math.max(0, n - (merge.positions[task] ?? -1)), { task })
  }
  return found
}
