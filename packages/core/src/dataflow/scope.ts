import type { Observable } from 'rxjs'
import type { PartialAggregate } from '../aggregate/partial-aggregate.ts'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Batch, Schema, Timeline } from '../batch/batch.ts'
import type { InputOptions } from '../connectors/joined/input.ts'
import type { LateRow } from '../connectors/late-row.ts'
import type { Refused } from '../connectors/refused-rows.ts'
import type { Sink } from '../connectors/sink.ts'
import type { Source } from '../connectors/source.ts'
import type { Display, Emission } from '../merge/emission.ts'
import type { OperatorState } from '../records/operator-state-record.ts'
import type { PersonalMarks } from '../store/personal-marks.ts'
import type { PersonalTrace } from './personal-trace.ts'

/** An operator whose results come from the partial aggregates of all tasks. Its first half runs in each task, its second half in the merge. */
export interface Aggregation extends OperatorState {
  readonly display: Display
  /** In a task: returns the partials that `watermark` closes and forgets them. With `open` it also returns those that stay open, and keeps them. */
  partials(watermark: number, open: boolean): PartialAggregate[]
  /** In the merge: emits these results to the next operator of the flow. */
  emit(results: readonly Emission[]): void
}

/** An operator with state after an aggregation. It runs in the merge, and the merge's records hold its state. */
export interface MergeStageOperator extends OperatorState {
  /** Closes and emits what no row can change any more, since every row up to `frontier` has arrived. */
  advance?(frontier: number): void
}

/** An operator that waits for the watermarks of two streams. It runs in each task. */
export interface Join extends OperatorState {
  /** How far the event time of what it emits is known. */
  readonly timeline: Timeline
  /** Emits what the watermarks have passed by now, and forgets what no row can meet any more. */
  release(): void
}

/** What an operator needs of its source. */
export interface Requirements {
  /** The key columns of state that lives inside a task: windows that close there, or an operator's own. Rows that are equal in some of them must share a partition. */
  readonly keyedBy?: readonly string[]
  /** Whether it emits nothing before the end of the source. */
  readonly bounded?: boolean
  /** The other source whose rows it joins with those of the same partition, and the columns that those must be spread by. */
  readonly joins?: { readonly source: Pick<Source<unknown, never>, 'name' | 'keyedBy'>; readonly keyedBy: readonly string[] }
}

/** The end of a flow: its sink, and the schema of the rows that reach it. */
export interface FlowEnd {
  readonly flow: string
  readonly sink: Sink<unknown>
  /** Known after the empty batch. */
  schema: Schema<unknown> | null
  /** Whether the merge feeds it, and not a task. */
  inMergeStage: boolean
  /** The personal columns of the rows that reach it, where the graph is asked for them. */
  personal?: PersonalMarks
}

/** Connects operators and sinks to the graph that runs them. There is one for each flow of a task or merge. */
export interface Scope {
  readonly kind: 'task' | 'merge'
  readonly flow: string
  /** The task that runs it, `<topic>-<partition>` or `merge`; empty while a graph is only looked at. */
  readonly partition: string
  /** Asks for personal columns; absent in a graph that runs. */
  readonly personal?: PersonalTrace
  /** Notes an operator for the fingerprint: its name and its options without functions. */
  describe(operator: string, options: Json): void
  stateful(operator: OperatorState): void
  aggregation(operator: Aggregation, options: Json): void
  /** Takes another source into the task, and returns its rows. The same source is read once, however often it is asked for. */
  input<B>(source: Source<B, never>, options: InputOptions): Observable<Batch<B>>
  /** Registers an operator with state that emits as watermarks advance. */
  join(operator: Join): void
  /** Moves an operator from the task to the merge stage, while the empty batch passes, because an aggregation feeds it. */
  moveToMergeStage(operator: MergeStageOperator): void
  /** Refuses the source, before anything is read, if it is not what an operator needs. */
  requires(operator: string, needs: Requirements): void
  /** Registers work that a range waits for before it is cut. */
  pending(work: Promise<void>): void
  /** Runs `emit` as part of a push; in the merge stage if `isMergeStage`. */
  within(emit: () => void, isMergeStage: boolean): void
  /** Where an aggregation's late rows go: its own sink, or the pipeline's. */
  lateSink(operator: string, sink: Sink<LateRow> | undefined): void
  late(operator: string, rows: Batch<LateRow>): void
  /** Makes rows of this flow that cannot be written dead letters. Without `deadLetters` they stop the pipeline. */
  refused(rows: readonly Refused[]): void
  end(end: FlowEnd): void
  /** Hands a batch that reached the end of the flow to the owner of the graph. */
  output(end: FlowEnd, batch: Batch<unknown>): void
  /** Runs `emit` in the merge stage, so that a sink after it knows that the merge feeds it. */
  runInMergeStage(emit: () => void): void
  readonly inMergeStage: boolean
  /** Whether windows of this flow continued as single rows, which cannot carry the empty batch of the start. */
  emitsSingleWindowRows: boolean
  /** Whether a push is in progress. A batch that reaches a sink at another time stops the pipeline. */
  readonly pushing: boolean
  /** Stops the pipeline with this error. */
  fail(error: unknown): void
  /** Stops the pipeline with the first error that an operator gives to the subscriber after it, whoever catches it there. */
  watch(out: unknown): void
}

/** Versioned: two copies of core of one protocol find each other here, and are distinguished by `core`. */
const SCOPE = Symbol.for('@tickets/core/scope/1')
const core = Object.freeze({})

interface Slot {
  core: object
  scope: Scope
}
const slots = globalThis as { [SCOPE]?: Slot | undefined }

/** Returns the scope that a subscription made now belongs to; null outside of a pipeline. Throws `DUPLICATE_CORE`. */
export function currentScope(): Scope | null {
  const slot = slots[SCOPE]
  if (!slot) return null
  if (slot.core === core) return slot.scope
  throw new TicketsError(
    'DUPLICATE_CORE',
    'two copies of @tickets/core are loaded: run `npm ls @tickets/core`, and make all packages use one version of it',
  )
}

/** Runs `build` with subscriptions belonging to `scope`. */
export function withScope<R>(scope: Scope, build: () => R): R {
  const before = slots[SCOPE]
  slots[SCOPE] = { core, scope }
  try {
    return build()
  } finally {
    slots[SCOPE] = before
  }
}
