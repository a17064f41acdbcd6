import { Observable, type OperatorFunction } from 'rxjs'
import { type Duration, millis } from '../../base/duration.ts'
import { TicketsError } from '../../base/errors.ts'
import type { Batch, Schema } from '../../batch/batch.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import type { Sink } from '../../connectors/sink.ts'
import type { Flows } from '../../dataflow/graph.ts'
import { checkRequirements } from '../../dataflow/requirements.ts'
import { into } from '../../operators/into.ts'
import { type MergeInput, ScenarioMerge } from './scenario-merge.ts'
import { type InputPlace, ScenarioTask } from './scenario-task.ts'
import { TimerWatch } from './timers.ts'

/** Settings of a `Harness`. */
export interface HarnessOptions {
  /** How many partitions there are; 1 by default. */
  partitions?: number
  /** What the source says its partitions are keyed by; over several partitions session and sliding windows need it, as in a pipeline. */
  keyedBy?: readonly string[]
  /** Whether no partition can be added, as a source says; true by default. A topic is not fixed: what is shown there can be revised for `keepFor`. */
  fixed?: boolean
  /** The pipeline's options of these names; 0, 1 minute and 1 day by default. */
  maxOutOfOrderness?: Duration
  idleTimeout?: Duration
  keepFor?: Duration
  /** Of other sources that each task reads as a whole, by name: how many partitions they have; 1 by default. */
  inputs?: Readonly<Record<string, number>>
}

/** What came out in one step, as plain rows. */
export interface Emitted<B> {
  readonly emitted: B[]
  readonly late: LateRow[]
}

/** Which partition, and whether the step ends a range (a commit); it does by default. */
export interface StepOptions {
  partition?: number
  /** The name of another source that the operator joins, whose partition is meant. */
  input?: string
  commit?: boolean
}

const FLOW = 'scenario'

const nothing = <B>(): Emitted<B> => ({ emitted: [], late: [] })

/**
 * Runs an operator as a pipeline does, with real tasks, records and a real merge, but without a source, sinks or files. Every step is
 * synchronous: rows go in by partition, and each step returns what a pipeline would have committed by then.
 *
 * @throws `OPTION_INVALID` for what a pipeline would refuse, such as session windows over several partitions without `keyedBy`
 * @example
 * const harness = new Harness(Ticket, windowed(tumbling({ size: '10s' }), { by: 'client_id', aggregate: { n: count() } }), { partitions: 2 })
 * harness.push([ticket], { partition: 1 }) // { emitted: [], late: [] }
 * harness.restart('merge')
 * harness.end() // { emitted: [{ window_start: …, client_id: 'a', n: 1, revision: 0 }], late: [] }
 */
export class Harness<A, B> {
  readonly #schema: Schema<A>
  readonly #flows: Flows<A>
  readonly #tasks: ScenarioTask<A, B>[] = []
  readonly #merge: ScenarioMerge<A, B>
  readonly #timers = new TimerWatch()
  readonly #keyedBy: readonly string[]
  readonly #fixed: boolean
  readonly #inputs: Readonly<Record<string, number>>
  readonly #maxOutOfOrderness: number
  readonly #idleTimeout: number
  /** Records that a stopped merge has not read; null while it runs. */
  #unread: MergeInput[] | null = null
  #subscriptions = 0
  #now = 0

  constructor(schema: Schema<A>, operator: OperatorFunction<Batch<A>, Batch<B>>, options: HarnessOptions = {}) {
    const { partitions = 1, maxOutOfOrderness = 0, idleTimeout = '1 minute', keepFor = '1 day', keyedBy = [], fixed = true, inputs = {} } = options
    if (!(Number.isInteger(partitions) && partitions > 0))
      throw new TicketsError('OPTION_INVALID', `partitions is a whole number from 1, got ${partitions}`)
    this.#keyedBy = keyedBy
    this.#fixed = fixed
    this.#inputs = inputs
    this.#maxOutOfOrderness = millis(maxOutOfOrderness, 'maxOutOfOrderness')
    this.#idleTimeout = idleTimeout === Number.POSITIVE_INFINITY ? idleTimeout : millis(idleTimeout, 'idleTimeout')
    const kept = keepFor === Number.POSITIVE_INFINITY ? keepFor : millis(keepFor, 'keepFor')
    const sink: Sink<B> = { target: null, open: async () => Promise.reject(new Error('a scenario opens no sink')) }
    this.#schema = schema
    this.#flows = (rows) => ({ [FLOW]: this.#counted(rows).pipe(operator, into(sink as Sink<NoInfer<B>>)) })
    const names = Array.from({ length: partitions }, (_, p) => `p${p}`)
    this.#merge = this.#timers.run(() => {
      for (const name of names) this.#tasks.push(this.#opened(name, partitions))
      return new ScenarioMerge<A, B>(schema, this.#flows, names, kept, !fixed)
    })
  }

  /** How many partitions there are, those that were added included. */
  get partitions(): number {
    return this.#tasks.length
  }

  /** Rows later than `keepFor` after their window was shown. */
  get expired(): number {
    return this.#merge.expired
  }

  /**
   * Returns the watermark of a partition, or that of the merge, which shows windows: the minimum over the partitions that are not idle.
   * In epoch milliseconds; -Infinity before the first row, Infinity of the merge when all partitions are idle.
   */
  watermarkOf(which: number | 'merge' = 0): number {
    return which === 'merge' ? this.#merge.watermark : this.#task(which).watermark
  }

  /** Reads rows from a partition: of the operator's rows, or with `input` of another source that it joins. */
  push(rows: readonly A[], options?: StepOptions & { input?: never }): Emitted<B>
  push(rows: readonly unknown[], options: StepOptions & { input: string }): Emitted<B>
  push(rows: readonly unknown[], options: StepOptions = {}): Emitted<B> {
    return this.#step(options, (task, of) => this.#timers.run(() => task.push(rows, this.#now, of)))
  }

  /** Says that no rows before this time, in epoch milliseconds, will come from a partition. */
  watermark(ms: number, options: StepOptions = {}): Emitted<B> {
    if (!Number.isFinite(ms)) throw new TicketsError('OPTION_INVALID', `a watermark is a time in epoch milliseconds, got ${ms}; end() is the end`)
    return this.#step(options, (task, of) => this.#timers.run(() => task.advance(ms, this.#now, of)))
  }

  /** Ends a partition of another source: nothing comes of it any more, so nothing waits for it. */
  endInput(input: string, options: Omit<StepOptions, 'input'> = {}): Emitted<B> {
    return this.#step({ ...options, input }, (task, of) => of && this.#timers.run(() => task.endInput(of)))
  }

  /** Ends the open ranges of one partition, or of all. */
  commit(partition?: number): Emitted<B> {
    const tasks = partition === undefined ? this.#tasks : [this.#open(partition)]
    return this.#together(tasks.filter((task) => task.hasOpen).map((task) => () => this.#commit(task, 'range')))
  }

  /** Lets processing time pass: partitions without rows for `idleTimeout` no longer hold windows back. */
  elapse(ms: Duration): Emitted<B> {
    this.#now += millis(ms, 'elapse')
    const idle = this.#tasks.filter((task) => !task.idle && !task.ended && this.#now - task.lastRow >= this.#idleTimeout)
    return this.#together(idle.map((task) => () => this.#commit(task, 'idle')))
  }

  /**
   * Kills one partition's task, the merge, or everything. What died comes back from its records, and what was read and not committed is
   * read again. Returns what that gives, which is nothing: all that was committed is out.
   */
  restart(which: number | 'merge' | 'all' = 'all'): Emitted<B> {
    this.#timers.run(() => {
      for (const task of which === 'merge' ? [] : which === 'all' ? this.#tasks : [this.#task(which)]) task.restart(this.#now)
      if (typeof which === 'string') this.#merge.restart()
    })
    return nothing()
  }

  /** Moves one partition, or all, to another process: its task's memory is lost, its open range is read again, and the merge runs on. */
  rebalance(partition?: number): Emitted<B> {
    for (const [p] of partition === undefined ? this.#tasks.entries() : [[partition] as const]) this.restart(p)
    return nothing()
  }

  /** Adds a partition, which the merge waits for from then on, and returns its number. Needs `fixed: false`. */
  addPartition(): number {
    if (this.#fixed) throw new TicketsError('OPTION_INVALID', 'the partitions are fixed: give the scenario { fixed: false } to add one')
    const partition = this.#tasks.length
    if (this.#tasks.some(({ ended }) => ended)) throw ended()
    this.#timers.run(() => {
      this.#tasks.push(this.#opened(`p${partition}`, partition + 1))
      this.#merge.join(`p${partition}`)
    })
    return partition
  }

  /** Stops the merge: tasks commit, and nothing is shown until it starts again. */
  stopMerge(): void {
    this.#unread ??= []
  }

  /** Starts the merge again, which reads all records that it missed before it shows anything. */
  startMerge(): Emitted<B> {
    const unread = this.#unread
    this.#unread = null
    return unread && unread.length > 0 ? this.#timers.run(() => this.#fold(unread)) : nothing()
  }

  /** Ends the input: with `complete` (the default) as a complete source, which closes all windows, else as a bounded run, which only shows them. */
  end({ complete = true }: { complete?: boolean } = {}): Emitted<B> {
    const open = this.commit()
    const kind = complete ? 'end' : 'idle'
    const rest = this.#tasks.filter((task) => !(complete ? task.ended : task.idle)).map((task) => () => this.#commit(task, kind))
    const given = this.#together([() => open, ...rest, () => this.startMerge()])
    if (complete) this.#close()
    return given
  }

  #opened(name: string, partitions: number): ScenarioTask<A, B> {
    const task = new ScenarioTask<A, B>(name, this.#schema, this.#flows, this.#maxOutOfOrderness, this.#inputs)
    checkRequirements(task, { name: 'the scenario', until: 'complete', keyedBy: this.#keyedBy }, partitions)
    return task
  }

  /** Takes a step in the task of a partition, or in all tasks where it is of a source that each of them reads. */
  #step({ partition = 0, commit = true, input }: StepOptions, step: (task: ScenarioTask<A, B>, of?: InputPlace) => void): Emitted<B> {
    const isShared = input !== undefined && this.#tasks[0]?.inputs.get(input)?.partitions === 'all'
    for (const p of isShared ? this.#tasks.keys() : [partition]) step(this.#open(p), input === undefined ? undefined : { input, partition })
    return commit ? this.commit(isShared ? undefined : partition) : nothing()
  }

  #commit(task: ScenarioTask<A, B>, kind: 'range' | 'idle' | 'end'): Emitted<B> {
    return this.#timers.run(() => {
      const { body, n, rows, late } = task.commit(kind)
      const record = { task: task.name, n, body }
      this.#unread?.push(record)
      const shown = this.#unread ? nothing<B>() : this.#fold([record])
      return { emitted: [...rows, ...shown.emitted], late: [...late, ...shown.late] }
    })
  }

  #fold(records: readonly MergeInput[]): Emitted<B> {
    const { rows, late } = this.#merge.fold(records)
    return { emitted: rows, late }
  }

  #together(steps: readonly (() => Emitted<B>)[]): Emitted<B> {
    const given = steps.map((step) => step())
    return { emitted: given.flatMap(({ emitted }) => emitted), late: given.flatMap(({ late }) => late) }
  }

  #task(partition: number): ScenarioTask<A, B> {
    const task = this.#tasks[partition]
    if (task) return task
    throw new TicketsError('OPTION_INVALID', `there is no partition ${partition}: give the scenario { partitions: ${partition + 1} } or more`)
  }

  #open(partition: number): ScenarioTask<A, B> {
    const task = this.#task(partition)
    if (task.ended) throw ended()
    return task
  }

  /** Runs the checks that every scenario ends with: nothing left open, no subscriptions, no timers. */
  #close(): void {
    this.#merge.check()
    for (const task of this.#tasks) task.close()
    this.#merge.close()
    if (this.#subscriptions > 0) throw new Error(`the operator keeps ${this.#subscriptions} subscriptions open after it was unsubscribed from`)
    const { open } = this.#timers
    if (open.length > 0) throw new Error(`the operator leaves timers behind: ${open.join(', ')}`)
  }

  #counted<T>(source: Observable<T>): Observable<T> {
    return new Observable<T>((out) => {
      this.#subscriptions++
      const inner = source.subscribe(out)
      return () => {
        this.#subscriptions--
        inner.unsubscribe()
      }
    })
  }
}

const ended = () => new TicketsError('OPTION_INVALID', 'the scenario has ended: nothing comes after end() and $')
