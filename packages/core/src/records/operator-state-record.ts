import type { Json } from '../base/json.ts'
import type { LogRecord } from '../connectors/commit-log.ts'

/** Operators' cuts by id. */
export type OperatorSnapshots = { readonly [id: string]: { readonly version: number; readonly cut: Json } }

/** State as a record has it: whole at `base`, and changes in each record after that (docs/internals/protocol.md#3.10). */
export type OperatorStateRecord = {
  readonly base: number
  readonly cuts: OperatorSnapshots
  /** The name of the staged state that holds the cuts when they are big; `cuts` is empty then. */
  readonly file?: string
}

/** An operator with memory, as the runner sees it: what it remembers rides in the record of each range. */
export interface OperatorState {
  readonly id: string
  /** Of its snapshots; another one is refused, never guessed at. */
  readonly version: number
  /** Called when a range ends, before the cut, with the watermark it ends at. `probe`: the range was the empty one of the start. */
  rangeEnd(probe: boolean, watermark: number): void
  /** What changed since the last cut, or all of it when `whole`; null when nothing did. Cut off at once: later changes do not show. */
  snapshot(whole: boolean): Json | null
  /** Takes a cut in again; the first after the start is a whole one, the others are changes, in order. `version` is that of the cut. */
  restore(cut: Json, version: number): void
}

/** Reads the operator state in the body of a record of a task or of the merge. */
export function readOperatorState({ body }: Pick<LogRecord, 'body'>): OperatorStateRecord {
  return (body as { readonly state: OperatorStateRecord }).state
}

/** Returns the flow of an operator's or an aggregation's name, `<flow>/<id>`. */
export const flowOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf('/')))
