import type { Schema } from '../../batch/batch.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import { type Flows, Graph } from '../../dataflow/graph.ts'
import { MergeState } from '../../merge/fold.ts'
import { MERGE } from '../../records/merge-record.ts'
import type { OperatorState } from '../../records/operator-state-record.ts'
import { readProgress, type TaskRecord } from '../../records/task-record.ts'
import { CutLog } from './scenario-task.ts'

/** A task's record, as the merge reads it. */
export interface MergeInput {
  readonly task: string
  readonly n: number
  readonly body: TaskRecord
}

/** The merge, as the pipeline runs it, with its log in memory and every step synchronous. */
export class ScenarioMerge<A, B> {
  readonly #schema: Schema<A>
  readonly #flows: Flows<A>
  readonly #tasks: readonly string[]
  readonly #keepFor: number
  readonly #grows: boolean
  readonly #log = new CutLog()
  #graph: Graph<A>
  #state: MergeState
  #rows: B[] = []
  #late: LateRow[] = []
  /** `aggregation, key` → rows shown last; and rows of all partials that were closed. */
  readonly #shown = new Map<string, number>()
  #closed = 0

  /** @param grows partitions may be added */
  constructor(schema: Schema<A>, flows: Flows<A>, tasks: readonly string[], keepFor: number, grows: boolean) {
    this.#schema = schema
    this.#flows = flows
    this.#tasks = tasks
    this.#keepFor = keepFor
    this.#grows = grows
    ;[this.#graph, this.#state] = this.#build()
    this.#log.put(this.#operators())
  }

  get expired(): number {
    return this.#state.expired
  }

  /** The watermark that shows windows: the minimum over the tasks that are not idle. */
  get watermark(): number {
    return this.#state.minimum()
  }

  /** Takes in a partition that was added; its join is a record (docs/internals/protocol.md#1.2). */
  join(task: string): void {
    this.#state.join([task], false)
    this.#log.put(this.#operators())
  }

  /** Folds records, those of a task in their order, and then emits the windows that are closed. */
  fold(records: readonly MergeInput[]): { rows: B[]; late: LateRow[] } {
    const inOrder = this.#state.tasks.flatMap((name) => records.filter(({ task }) => task === name))
    for (const { task, n, body } of inOrder) {
      this.#state.fold(task, n, readProgress({ body }))
      for (const partials of Object.values(body.partials)) for (const partial of partials) if (partial.closed) this.#closed += partial.rows
    }
    const emissions = this.#state.emit()
    this.#graph.emit(() => {
      for (const [name, results] of emissions) {
        for (const { key, rows } of results) this.#shown.set(`${name} ${key}`, rows)
        this.#graph.aggregations.get(name)?.emit(results)
      }
    })
    for (const operator of this.#graph.mergeStage.values()) this.#graph.advanceOne(operator, this.#state.emittedTo)
    this.#log.put(this.#operators())
    const given = { rows: this.#rows, late: this.#late }
    this.#rows = []
    this.#late = []
    return given
  }

  /** Law 4, when all tasks have ended: what they closed was shown, or is expired. */
  check(): void {
    const shown = [...this.#shown.values()].reduce((sum, rows) => sum + rows, 0)
    if (shown + this.#state.expired !== this.#closed)
      throw new Error(`rows are unaccounted for: ${this.#closed} were counted, ${shown} shown and ${this.#state.expired} expired`)
  }

  restart(): void {
    this.close()
    ;[this.#graph, this.#state] = this.#build()
    this.#log.restore(this.#operators())
  }

  close(): void {
    this.#graph.close()
  }

  #operators(): Map<string, OperatorState> {
    return new Map<string, OperatorState>([[this.#state.id, this.#state], ...this.#graph.mergeStage])
  }

  #build(): [Graph<A>, MergeState] {
    const graph = new Graph(
      'merge',
      this.#schema,
      this.#flows,
      {
        onOutput: (_flow, batch) => void this.#rows.push(...(batch.toArray() as B[])),
        onLate: (_operator, rows) => void this.#late.push(...rows.toArray()),
      },
      MERGE,
    )
    return [graph, new MergeState(this.#tasks, this.#keepFor, graph.aggregations, this.#grows)]
  }
}
