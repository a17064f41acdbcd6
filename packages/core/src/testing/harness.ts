import { Observable, type OperatorFunction } from 'rxjs'
import type { Batch } from '../batch/batch.ts'
import { TicketsError } from '../errors/errors.ts'
import { into } from '../operators/into.ts'
import type { Flows } from '../pipeline/graph.ts'
import type { LateRow } from '../pipeline/late.ts'
import type { Sink } from '../pipeline/sink.ts'
import type { Schema } from '../schema/schema.ts'
import { type Duration, millis } from '../time/duration.ts'
import { ScenarioMerge } from './scenario-merge.ts'
import { ScenarioTask } from './scenario-task.ts'
import { TimerWatch } from './timers.ts'

export interface HarnessOptions {
  /** How many partitions there are; 1 by default. */
  partitions?: number
  /** The pipeline's options of these names; 0, 1 minute and 1 day by default. */
  maxOutOfOrderness?: Duration
  idleTimeout?: Duration
  keepFor?: Duration
}

/** What came out in one step, as plain rows. */
export interface Given<B> {
  readonly emitted: B[]
  readonly late: LateRow[]
}

/** Which partition, and whether the step ends a range (a commit); it does by default. */
export interface StepOptions {
  partition?: number
  commit?: boolean
}

const FLOW = 'scenario'

/**
 * Runs an operator as a pipeline does, with real tasks, records and a real merge, but without a source, sinks or files, and every step
 * synchronous: rows go in by partition, and what comes out is what a pipeline would have committed by then.
 */
export class Harness<A, B> {
  readonly #tasks: ScenarioTask<A, B>[]
  readonly #merge: ScenarioMerge<A, B>
  readonly #timers = new TimerWatch()
  readonly #idleTimeout: number
  #subscriptions = 0
  #now = 0

  constructor(schema: Schema<A>, operator: OperatorFunction<Batch<A>, Batch<B>>, options: HarnessOptions = {}) {
    const { partitions = 1, maxOutOfOrderness = 0, idleTimeout = '1 minute', keepFor = '1 day' } = options
    if (!(Number.isInteger(partitions) && partitions > 0))
      throw new TicketsError('OPTION_INVALID', `partitions is a whole number from 1, got ${partitions}`)
    this.#idleTimeout = idleTimeout === Number.POSITIVE_INFINITY ? idleTimeout : millis(idleTimeout, 'idleTimeout')
    const kept = keepFor === Number.POSITIVE_INFINITY ? keepFor : millis(keepFor, 'keepFor')
    const sink: Sink<B> = { target: null, open: async () => Promise.reject(new Error('a scenario opens no sink')) }
    const flows: Flows<A> = (rows) => ({ [FLOW]: this.#counted(rows).pipe(operator, into(sink as Sink<NoInfer<B>>)) })
    const names = Array.from({ length: partitions }, (_, p) => `p${p}`)
    ;[this.#tasks, this.#merge] = this.#timers.run(() => [
      names.map((name) => new ScenarioTask<A, B>(name, schema, flows, millis(maxOutOfOrderness, 'maxOutOfOrderness'))),
      new ScenarioMerge<A, B>(schema, flows, names, kept),
    ])
  }

  /** Rows later than `keepFor` after their window was shown. */
  get expired(): number {
    return this.#merge.expired
  }

  /** Reads rows from a partition. */
  push(rows: readonly A[], { partition = 0, commit = true }: StepOptions = {}): Given<B> {
    const task = this.#task(partition)
    this.#timers.run(() => task.push(rows, this.#now))
    return commit ? this.commit(partition) : { emitted: [], late: [] }
  }

  /** Says that no rows before this time, in epoch milliseconds, will come from a partition. */
  watermark(ms: number, { partition = 0, commit = true }: StepOptions = {}): Given<B> {
    this.#task(partition).advance(ms)
    return commit ? this.commit(partition) : { emitted: [], late: [] }
  }

  /** Ends the open ranges of one partition, or of all. */
  commit(partition?: number): Given<B> {
    const tasks = partition === undefined ? this.#tasks : [this.#task(partition)]
    return this.#together(tasks.filter((task) => task.hasOpen).map((task) => () => this.#commit(task, 'range')))
  }

  /** Processing time passes: partitions without rows for `idleTimeout` no longer hold windows back. */
  elapse(ms: Duration): Given<B> {
    this.#now += millis(ms, 'elapse')
    const idle = this.#tasks.filter((task) => !task.idle && !task.ended && this.#now - task.lastRow >= this.#idleTimeout)
    return this.#together(idle.map((task) => () => this.#commit(task, 'idle')))
  }

  /** Everything dies and comes back from its records; what was read and not committed is read again. */
  restart(): void {
    this.#timers.run(() => {
      for (const task of this.#tasks) task.restart()
      this.#merge.restart()
    })
  }

  /** The end of a bounded run, which shows all windows; or, with `complete` (the default), of a source that is complete, which closes them. */
  end({ complete = true }: { complete?: boolean } = {}): Given<B> {
    const open = this.commit()
    const kind = complete ? 'end' : 'idle'
    const rest = this.#tasks.filter((task) => !(complete ? task.ended : task.idle)).map((task) => () => this.#commit(task, kind))
    const given = this.#together([() => open, ...rest])
    if (complete) this.#close()
    return given
  }

  #commit(task: ScenarioTask<A, B>, kind: 'range' | 'idle' | 'end'): Given<B> {
    return this.#timers.run(() => {
      const { body, n, rows, late } = task.commit(kind)
      const shown = this.#merge.fold(task.name, n, body)
      return { emitted: [...rows, ...shown.rows], late: [...late, ...shown.late] }
    })
  }

  #together(steps: readonly (() => Given<B>)[]): Given<B> {
    const given = steps.map((step) => step())
    return { emitted: given.flatMap(({ emitted }) => emitted), late: given.flatMap(({ late }) => late) }
  }

  #task(partition: number): ScenarioTask<A, B> {
    const task = this.#tasks[partition]
    if (!task)
      throw new TicketsError('OPTION_INVALID', `there is no partition ${partition}: give the scenario { partitions: ${partition + 1} } or more`)
    if (task.ended) throw new TicketsError('OPTION_INVALID', 'the scenario has ended: nothing comes after end() and $')
    return task
  }

  /** The checks that nobody asked for. */
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
