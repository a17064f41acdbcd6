import type { Json } from '../base/json.ts'
import type { LogRecord } from '../connectors/commit-log.ts'

/** The snapshots of operators by id; `cut` and `cuts` are their names on disk. */
export type OperatorSnapshots = { readonly [id: string]: { readonly version: number; readonly cut: Json } }

/** The state in a record: record `base` has all of it, and each record after that what changed (docs/internals/protocol.md#3.10). */
export type OperatorStateRecord = {
  readonly base: number
  readonly cuts: OperatorSnapshots
  /** The name of the state file that holds the snapshots if they are large; `cuts` is empty then. */
  readonly file?: string
}

/** An operator with state, as the runner sees it. The record of each range holds its state. */
export interface OperatorState {
  readonly id: string
  /** The version of its snapshots. A snapshot of another version is refused. */
  readonly version: number
  /** Ends a range, before the snapshot, at this watermark. `probe`: it is the empty range at the start. */
  rangeEnd(probe: boolean, watermark: number): void
  /** Returns what changed since the last snapshot, or everything if `whole`; null if nothing changed. It is a copy: later changes do not show in it. */
  snapshot(whole: boolean): Json | null
  /** Restores a snapshot. The first one after the start is whole, the others are changes, in order. `version` is the snapshot's. */
  restore(snapshot: Json, version: number): void
}

/** Reads the operator state in the body of a record of a task or of the merge. */
export function readOperatorState({ body }: Pick<LogRecord, 'body'>): OperatorStateRecord {
  return (body as { readonly state: OperatorStateRecord }).state
}

/** Returns the flow of an operator's or an aggregation's name, `<flow>/<id>`. */
export const flowOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf('/')))
