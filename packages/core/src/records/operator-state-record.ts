import type { Json } from '../base/json.ts'
import type { LogRecord } from '../connectors/commit-log.ts'

/** The snapshots of operators by id; `cut` and `cuts` are their names on disk. */
export type OperatorSnapshots = { readonly [id: string]: { readonly version: number; readonly cut: Json } }

/** The rolling state of one operator in a record. */
export type RollingRecord = {
  readonly version: number
  /** The records from this one on hold everything. */
  readonly since: number
  /** The record that the round of parts which is under way began in. */
  readonly round: number
  /** What the record holds, in Base64; absent where it is in the file of bytes, and in a record that changes nothing. */
  readonly bytes?: string
  /** Where it is in the file of bytes. */
  readonly at?: readonly [from: number, to: number]
}

/** The state in a record: record `base` has all of it, and each record after that what changed (docs/internals/protocol.md#3.10). */
export type OperatorStateRecord = {
  readonly base: number
  readonly cuts: OperatorSnapshots
  /** The name of the state file that holds the snapshots if they are large; `cuts` is empty then. */
  readonly file?: string
  /** The record whose snapshots are whole, where rolling state needs older records than that. */
  readonly whole?: number
  /** Rolling state by operator. */
  readonly rolling?: { readonly [id: string]: RollingRecord }
  /** The name of the file that holds the bytes of rolling state if they are large. */
  readonly bytes?: string
}

/**
 * State that no record holds all of: each has what changed and a part of the rest, in rounds. So a commit never costs what is held, however large that is, and
 * the records of the last whole round and of the one under way hold everything.
 */
export interface RollingState {
  /** Returns what changed since the last snapshot with the next part of the rest, as a copy. `endsRound`: the part is the last one of its round. */
  snapshot(): { readonly bytes: Uint8Array; readonly endsRound: boolean }
  /** Restores what a snapshot holds; later ones replace it. `version` is the snapshot's. */
  restore(bytes: Uint8Array, version: number): void
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
  /** Set where the state is kept in rounds; `snapshot` gives null then. */
  readonly rolling?: RollingState
  /** Restores a snapshot. The first one after the start is whole, the others are changes, in order. `version` is the snapshot's. */
  restore(snapshot: Json, version: number): void
}

/** Reads the operator state in the body of a record of a task or of the merge. */
export function readOperatorState({ body }: Pick<LogRecord, 'body'>): OperatorStateRecord {
  return (body as { readonly state: OperatorStateRecord }).state
}

/** Returns the state of a record that changes nothing since `last`, which is null for the first one of a task. */
export function unchangedState(last: LogRecord | null, n: number): OperatorStateRecord {
  if (!last) return { base: n, cuts: {} }
  const { base, whole, rolling } = readOperatorState(last)
  const rounds = Object.entries(rolling ?? {}).map(([id, { version, since, round }]) => [id, { version, since, round }] as const)
  return { base, cuts: {}, ...(whole === undefined ? {} : { whole }), ...(rolling && { rolling: Object.fromEntries(rounds) }) }
}

/** Returns the flow of an operator's or an aggregation's name, `<flow>/<id>`. */
export const flowOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf('/')))
