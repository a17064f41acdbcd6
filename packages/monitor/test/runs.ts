import type { CommittedRange, RunState, TaskStatus, WatchedRun } from '@tickets/core'
import { freshStatus } from '@tickets/core/internal'

export const status = (more: Partial<TaskStatus> = {}): TaskStatus => ({ ...freshStatus(0), ...more })

/** The state of a run with these partitions, all of which this process has. */
export function stateOf(partitions: Readonly<Record<string, Partial<TaskStatus>>> = {}, more: Partial<RunState> = {}): RunState {
  const all = Object.fromEntries(Object.entries(partitions).map(([task, one]) => [task, status(one)]))
  return {
    now: 100_000,
    assigned: Object.keys(partitions),
    progress: { rows: 0, rejected: 0, unmapped: 0, late: 0, rate: 0, watermark: null, lag: null, ranges: 0, waiting: null, partitions: all },
    memory: { held: 300, limit: 1000 },
    merge: null,
    ...more,
  }
}

export const runOf = (more: Partial<WatchedRun> = {}): WatchedRun => ({
  pipeline: 'lake',
  logId: 'log1',
  backfill: null,
  source: 'kafka:tickets',
  partitions: ['tickets-0'],
  outputs: [{ flow: 'all', target: 'data/all', format: 'parquet', inMerge: false }],
  rangeTime: 1_000,
  state: () => stateOf(),
  ...more,
})

export const rangeOf = (more: Partial<CommittedRange> = {}): CommittedRange => ({
  task: 'tickets-0',
  partition: 'tickets-0',
  n: 1,
  at: 10_000,
  rows: 0,
  rejected: 0,
  unmapped: 0,
  refused: 0,
  expired: 0,
  late: {},
  written: {},
  steps: {},
  eventTime: null,
  brokerTime: null,
  stateBytes: 0,
  ...more,
})

/** Steps of 100, 20, 3 and 1 ms, the last of which ends at 10,000. */
export const steps = {
  read: { start: 9_876, end: 9_976 },
  stage: { start: 9_976, end: 9_996 },
  record: { start: 9_996, end: 9_999 },
  publish: { start: 9_999, end: 10_000 },
}
