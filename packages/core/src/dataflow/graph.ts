import { type Observable, Subject, type Subscription } from 'rxjs'
import type { PartialAggregate } from '../aggregate/partial-aggregate.ts'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { byName } from '../base/own-names.ts'
import type { Batch, Schema } from '../batch/batch.ts'
import type { LateRow } from '../connectors/late-row.ts'
import { refuse } from '../connectors/refused-rows.ts'
import type { Sink } from '../connectors/sink.ts'
import type { OperatorState } from '../records/operator-state-record.ts'
import { completed, flowError, lateMove, resubscribed, silent } from './flow-errors.ts'
import type { GraphHandlers } from './graph-handlers.ts'
import { type FlowGuard, guarded, guardedEnd, subscribeToEnd, watchErrors } from './guarded.ts'
import { Inputs, probeOf } from './inputs.ts'
import { type Aggregation, type FlowEnd, type MergeStageOperator, type Requirements, type Scope, withScope } from './scope.ts'
import type { Written } from './written.ts'

/** What `pipeline({ flows })` takes: named flows, each ending in a sink. */
export type Flows<T> = (tickets: Observable<Batch<T>>) => Record<string, Observable<Written>>

/**
 * The flows of one task, or of the merge, subscribed to one subject: built anew for each assignment, since all that operators
 * remember comes from a record. `push` returns when every synchronous operator has seen the batch, so the end of a range needs no
 * message (docs/internals/protocol.md#2.2).
 */
export class Graph<T> {
  readonly ends: FlowEnd[] = []
  /** `<flow>/<id>` → operator; aggregations are among them. */
  readonly stateful = new Map<string, OperatorState>()
  readonly aggregations = new Map<string, Aggregation>()
  /** `<flow>/<id>` → operators with memory that an aggregation feeds, in the order in which they feed each other: the merge's. */
  readonly mergeStage = new Map<string, MergeStageOperator>()
  /** `<flow>/<id>` → what it needs of the source. */
  readonly requirements = new Map<string, Requirements>()
  /** `<flow>/<id>` of an aggregation → the sink it names for late rows. */
  readonly lateSinks = new Map<string, Sink<LateRow> | undefined>()
  /** flow → its operators with their options, for the fingerprint. */
  readonly described = byName<Json[]>()
  /** The sources that the flows read beside their own. */
  readonly inputs = new Inputs()
  /** Whether something may keep a batch, or a column of one, when its push has returned. Sinks are not meant: they get theirs from `onOutput`. */
  keepsBatches = false

  readonly #kind: Scope['kind']
  readonly #handlers: GraphHandlers
  readonly #source = new Subject<Batch<T>>()
  readonly #subscriptions: Subscription[] = []
  readonly #partition: string
  #building = true
  #pushing = false
  #probing = false
  #closed = false
  #depth = 0
  #pending: Promise<void>[] = []
  #failure: { readonly error: unknown } | null = null

  /** @param partition the task that runs it; empty for a graph that is only inspected */
  constructor(kind: Scope['kind'], schema: Schema<T>, flows: Flows<T>, handlers: GraphHandlers = {}, partition = '') {
    this.#kind = kind
    this.#handlers = handlers
    this.#partition = partition
    const guard = this.#guard()
    const named = Object.entries(flows(guarded(this.#source.asObservable(), guard)))
    if (named.length === 0) throw new TicketsError('OPTION_INVALID', 'a pipeline needs at least one flow')
    for (const [flow, observable] of named) this.#subscribe(flow, guardedEnd(observable, guard))
    this.#building = false
    this.#check()
    // One empty batch and one end of a range, after which the batch must have reached its sink (docs/internals/protocol.md#2.2 (a)).
    this.#probing = true
    this.#run(() => {
      this.#source.next(probeOf(schema, this.inputs.own))
      this.inputs.probe()
      for (const operator of this.stateful.values()) operator.rangeEnd(true, Number.NEGATIVE_INFINITY)
    })
    this.#probing = false
    for (const end of this.ends) if (!end.schema) throw silent(end.flow)
  }

  /** Pushes a batch through all flows. Throws the error of any of them. */
  push(batch: Batch<T>): void {
    this.#run(() => this.#source.next(batch))
  }

  /** The same for rows of another source. */
  pushInput(input: string, batch: Batch<unknown>): void {
    this.#run(() => this.inputs.push(input, batch))
  }

  /** Lets joins emit what the watermarks have passed: that of the task's own partition, and those of the other sources by name. */
  advanceInputs(own: number, others: ReadonlyMap<string, number>): void {
    this.#run(() => this.inputs.advance(own, others))
  }

  /** Lets operators emit the rows that must not wait for the next range, and the windows that `watermark` closes. */
  rangeEnd(watermark: number): void {
    this.#run(() => {
      for (const operator of this.stateful.values()) operator.rangeEnd(false, watermark)
    })
  }

  /** The same, each operator when what those before it emit has passed the asynchronous ones between them. Otherwise its timers would fire too early. */
  async endRange(watermark: number): Promise<void> {
    for (const operator of this.stateful.values()) {
      this.#run(() => operator.rangeEnd(false, watermark))
      await this.settled()
    }
  }

  /** Returns what `watermark` closes, by aggregation; with `open`, what stays open too. */
  partials(watermark: number, open: boolean): Record<string, readonly PartialAggregate[]> {
    const partials = byName<readonly PartialAggregate[]>()
    for (const [name, aggregation] of this.aggregations) {
      const found = aggregation.partials(watermark, open)
      if (found.length > 0) partials[name] = found
    }
    return partials
  }

  /** Settles when no operator has pending work (`mapAsync`). Throws the error of any of them. */
  async settled(): Promise<void> {
    while (this.#pending.length > 0) {
      const pending = this.#pending
      this.#pending = []
      await Promise.all(pending)
    }
    this.#check()
  }

  /** Runs `emit` as a push: for the merge, whose aggregations emit of themselves. */
  emit(emit: () => void): void {
    this.#run(() => this.#inMergeStage(emit))
  }

  /** Tells the operators of the merge stage that everything up to `frontier` was emitted, in their order, since one may feed the next. */
  async advance(frontier: number): Promise<void> {
    await this.settled()
    for (const operator of this.mergeStage.values()) {
      this.advanceOne(operator, frontier)
      await this.settled()
    }
  }

  advanceOne(operator: MergeStageOperator, frontier: number): void {
    this.emit(() => {
      operator.rangeEnd(false, Number.NEGATIVE_INFINITY)
      operator.advance?.(frontier)
    })
  }

  /** Releases everything. Never completes the flows: that would flush windows (docs/internals/protocol.md#2.3). */
  close(): void {
    this.#closed = true
    for (const subscription of this.#subscriptions) subscription.unsubscribe()
  }

  #run(work: () => void): void {
    this.#check()
    this.#pushing = true
    try {
      work()
    } finally {
      this.#pushing = false
    }
    this.#check()
  }

  #check(): void {
    // Rows that are emitted now would reach no sink, and would count as written.
    if (this.#closed) throw new TicketsError('TASK_LOST', 'the flows were released while they ran: their rows are read again', { retryable: true })
    if (this.#failure) throw this.#failure.error
  }

  #inMergeStage(work: () => void): void {
    this.#depth++
    try {
      work()
    } finally {
      this.#depth--
    }
  }

  #fail(error: unknown): void {
    // Keep the first error only: an operator that fails also ends the operators before it, which report that too.
    if (this.#failure) return
    this.#failure = { error }
    if (!this.#pushing && !this.#building) this.#handlers.onFailure?.(error)
  }

  #subscribe(flow: string, observable: Observable<Written>): void {
    if (!/^[\w.-]+$/.test(flow))
      throw new TicketsError('OPTION_INVALID', `a flow's name has letters, digits, _ . and - only, got ${JSON.stringify(flow)}`)
    this.described[flow] = []
    const scope = this.#scope(flow)
    withScope(scope, () => {
      this.#subscriptions.push(
        subscribeToEnd(observable, {
          error: (error) => this.#fail(flowError(flow, error)),
          complete: () => this.#fail(completed(flow)),
        }),
      )
    })
    this.#check()
    const sinks = this.ends.filter((end) => end.flow === flow).length
    if (sinks !== 1) throw new TicketsError('FLOW_TARGET', `flow "${flow}" ends in ${sinks} sinks: give each into(sink) a flow of its own`)
  }

  #guard(): FlowGuard {
    const isQuiet = () => this.#building || this.#closed
    return {
      get isQuiet() {
        return isQuiet()
      },
      failed: (error, flow) => this.#fail(flowError(flow, error)),
      resubscribed: () => this.#fail(resubscribed()),
      ended: (flow) => this.#fail(completed(flow)),
      keeps: () => {
        this.keepsBatches = true
      },
    }
  }

  #scope(flow: string): Scope {
    const graph = this
    const { personal } = this.#handlers
    const name = (id: string) => `${flow}/${id}`
    const open = (id: string) => {
      if (!this.#building)
        throw new TicketsError(
          'OPERATOR_SCOPE',
          `the operator "${id}" of flow "${flow}" was subscribed while the pipeline runs (below switchMap, retry, defer…), so its memory is in no record: put it into the flow itself`,
        )
    }
    const stateful = (operator: OperatorState) => {
      open(operator.id)
      if (this.stateful.has(name(operator.id)))
        throw new TicketsError('OPERATOR_SCOPE', `flow "${flow}" has two operators with the id "${operator.id}": give each its own \`id\``)
      this.stateful.set(name(operator.id), operator)
    }
    return {
      kind: this.#kind,
      ...(personal && { personal: personal.trace(flow) }),
      flow,
      partition: this.#partition,
      describe: (operator, options) => void this.described[flow]?.push([operator, options]),
      stateful(operator) {
        stateful(operator)
        graph.described[flow]?.push(['stateful', operator.id])
      },
      aggregation(operator, options) {
        stateful(operator)
        graph.aggregations.set(name(operator.id), operator)
        graph.described[flow]?.push([operator.id, options])
      },
      moveToMergeStage(operator) {
        if (!graph.#probing) throw lateMove(flow, operator.id)
        graph.stateful.delete(name(operator.id))
        graph.aggregations.delete(name(operator.id))
        graph.requirements.delete(name(operator.id))
        graph.mergeStage.set(name(operator.id), operator)
      },
      input: (source, options) => guarded(graph.inputs.open(source, options).asObservable(), graph.#guard()),
      join(operator) {
        stateful(operator)
        graph.inputs.join(operator)
      },
      requires: (operator, needs) => void graph.requirements.set(name(operator), needs),
      pending: (work) => void graph.#pending.push(work),
      within(emit, isMergeStage) {
        const before = graph.#pushing
        graph.#pushing = true
        try {
          if (isMergeStage) graph.#inMergeStage(emit)
          else emit()
        } finally {
          graph.#pushing = before
        }
      },
      lateSink: (operator, sink) => void this.lateSinks.set(name(operator), sink),
      late: (operator, rows) => this.#handlers.onLate?.(name(operator), rows),
      refused: (rows) => (this.#handlers.onRefused ?? refuse)(flow, rows),
      end(end) {
        open('into')
        graph.ends.push(end)
      },
      output(end, batch) {
        if (!graph.#probing && end.inMergeStage === (graph.#kind === 'merge')) graph.#handlers.onOutput?.(flow, batch)
      },
      runInMergeStage: (emit) => this.#inMergeStage(emit),
      get inMergeStage() {
        return graph.#depth > 0
      },
      get pushing() {
        return graph.#pushing
      },
      emitsSingleWindowRows: false,
      fail: (error) => this.#fail(error),
      watch: (out) => watchErrors(out, (error) => this.#fail(flowError(flow, error))),
    }
  }
}
