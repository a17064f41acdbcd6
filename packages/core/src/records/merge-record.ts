import type { CommitLog, LogRecord } from '../connectors/commit-log.ts'
import type { OperatorStateRecord } from './operator-state-record.ts'

/** The task name of the merge: its folder in the log and its part of file names. */
export const MERGE = 'merge'

/** The body of a record of the merge. */
export type MergeRecord = {
  /** task → the last of its records that the merge has folded. */
  readonly position: Readonly<Record<string, number>>
  /** Partitions that were added after the pipeline began, in the order they joined (docs/internals/protocol.md#1.2). */
  readonly joined: readonly string[]
  /** Results emitted, by flow. */
  readonly shown: Readonly<Record<string, number>>
  readonly expired: number
  /** Results that could not be written and are dead letters; absent in records from before those were distinguished. */
  readonly refused?: number
  /** `<flow>/<operator>` of a second windowed → windows that came too late for it. */
  readonly late: Readonly<Record<string, number>>
  /** How many changes of the flows its writer knew of; absent before the first. */
  readonly changes?: number
  /** Record 0 where a change came before any other: it fences the merge, and what the first record does is still to do. */
  readonly isEmpty?: boolean
  readonly state: OperatorStateRecord
}

/** Reads the body of a record of the merge. */
export function readMergeRecord({ body }: Pick<LogRecord, 'body'>): MergeRecord {
  return body as MergeRecord
}

/** Returns the last record of the merge, or null where there is none. */
export async function lastMergeRecord(log: Pick<CommitLog, 'head'>): Promise<MergeRecord | null> {
  const head = await log.head(MERGE)
  return head && readMergeRecord(head)
}
