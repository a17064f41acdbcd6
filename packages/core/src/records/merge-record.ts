/** The merge's task name: its folder in the log, its part of file names. */

import type { OperatorStateRecord } from './operator-state-record.ts'

export const MERGE = 'merge'
/** The body of a record of the merge. */

export interface MergeRecord {
  /** task → the last of its records that is in here. */
  readonly position: Readonly<Record<string, number>>
  /** Partitions that were added after the pipeline began, in the order they joined (protocol 1.2). */
  readonly joined: readonly string[]
  /** Results shown, by flow. */
  readonly shown: Readonly<Record<string, number>>
  readonly expired: number
  /** Results that could not be written and are dead letters; absent in records from before those were told apart. */
  readonly refused?: number
  /** `<flow>/<operator>` of a second windowed → windows that came too late for it. */
  readonly late: Readonly<Record<string, number>>
  readonly state: OperatorStateRecord
}
