import type { PartialAggregate } from '../aggregate/partial-aggregate.ts'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Batch, Schema } from '../batch/batch.ts'
import type { LateRow } from '../connectors/late-row.ts'
import type { Refused } from '../connectors/refused-rows.ts'
import type { Sink } from '../connectors/sink.ts'
import type { Display, Emission } from '../merge/emission.ts'
import type { OperatorState } from '../records/operator-state-record.ts'

/** An operator whose results come from the partials of all tasks. It runs its first half in each task, and its second in the merge. */
export interface Aggregation extends OperatorState {
  readonly display: Display
  /** Task: the partials of what `watermark` closes, which are released; with `open`, of what stays open too, which are kept. */
  partials(watermark: number, open: boolean): PartialAggregate[]
  /** Merge: emits these results to what the flow does next. */
  show(results: readonly Emission[]): void
}

/** An operator with memory behind an aggregation: it lives in the merge, and its state in the merge's records. */
export interface MergeStageOperator extends OperatorState {
  /** Takes in that everything up to `frontier` has been shown to it: closes what that closes, and emits it. */
  advance?(frontier: number): void
}

/** What an operator needs of its source. */
export interface Requirements {
  /** Its windows close inside of a task, so rows that are equal in some of these columns must share a partition. */
  readonly keyedBy?: readonly string[]
  /** It gives nothing before the source's end. */
  readonly bounded?: boolean
}

/** Where a flow ends: its sink, and what reached it. */
export interface FlowEnd {
  readonly flow: string
  readonly sink: Sink<unknown>
  /** Known after the empty batch. */
  schema: Schema<unknown> | null
  /** Fed by a merge rather than by a task. */
  inMergeStage: boolean
}

/** What operators and sinks talk to while a graph is built and run; one for each flow of a task or merge. */
export interface Scope {
  readonly kind: 'task' | 'merge'
  readonly flow: string
  /** The task that runs it, `<topic>-<partition>` or `merge`; empty while a graph is only looked at. */
  readonly partition: string
  /** Notes an operator for the fingerprint: its name and its options without functions. */
  describe(operator: string, options: Json): void
  stateful(operator: OperatorState): void
  aggregation(operator: Aggregation, options: Json): void
  /** While the empty batch passes: this operator is fed by an aggregation, so it is none of the task's. */
  moveToMergeStage(operator: MergeStageOperator): void
  /** Refuses the source, before anything is read, if it is not what an operator needs. */
  requires(operator: string, needs: Requirements): void
  /** Work that a range waits for before it is cut; what `emit` gives while it runs counts as within a push. */
  pending(work: Promise<void>): void
  within(emit: () => void, behind: boolean): void
  /** Where an aggregation's late rows go: its own sink, or the pipeline's. */
  lateSink(operator: string, sink: Sink<LateRow> | undefined): void
  late(operator: string, rows: Batch<LateRow>): void
  /** Takes rows that this flow made and that cannot be written: they become dead letters, or stop the pipeline where it has no place for them. */
  refused(rows: readonly Refused[]): void
  end(end: FlowEnd): void
  /** Hands a batch that reached the end of the flow to whoever runs the graph. */
  output(end: FlowEnd, batch: Batch<unknown>): void
  /** Runs `emit` as something that a merge will do, so that a sink below knows who feeds it. */
  runInMergeStage(emit: () => void): void
  readonly inMergeStage: boolean
  /** Set when windows of this flow continued as single rows, which carry no batch of the start. */
  emitsSingleWindowRows: boolean
  /** A push is under way; what reaches a sink at another time stops the pipeline. */
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
