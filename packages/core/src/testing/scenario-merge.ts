import { type Flows, Graph } from '../pipeline/graph.ts'
import type { LateRow } from '../pipeline/late.ts'
import { MergeState } from '../pipeline/merge-state.ts'
import type { Stateful } from '../pipeline/scope.ts'
import type { TaskBody } from '../pipeline/task-body.ts'
import type { Schema } from '../schema/schema.ts'
import { CutLog } from './scenario-task.ts'

/** The merge, as the pipeline runs it, with its log in memory and every step synchronous. */
export class ScenarioMerge<A, B> {
  readonly #schema: Schema<A>
  readonly #flows: Flows<A>
  readonly #tasks: readonly string[]
  readonly #keepFor: number
  readonly #log = new CutLog()
  #graph: Graph<A>
  #state: MergeState
  #rows: B[] = []
  #late: LateRow[] = []
  /** `aggregation, key` → rows shown last; and rows of all partials that were closed. */
  readonly #shown = new Map<string, number>()
  #closed = 0

  constructor(schema: Schema<A>, flows: Flows<A>, tasks: readonly string[], keepFor: number) {
    this.#schema = schema
    this.#flows = flows
    this.#tasks = tasks
    this.#keepFor = keepFor
    ;[this.#graph, this.#state] = this.#build()
    this.#log.put(this.#operators())
  }

  get expired(): number {
    return this.#state.expired
  }

  /** Folds a record, and shows what is due. */
  fold(task: string, n: number, body: TaskBody): { rows: B[]; late: LateRow[] } {
    this.#state.fold(task, n, body)
    for (const partials of Object.values(body.partials)) for (const partial of partials) if (partial.closed) this.#closed += partial.rows
    const due = this.#state.show()
    this.#graph.emit(() => {
      for (const [name, results] of due) {
        for (const { key, rows } of results) this.#shown.set(`${name} ${key}`, rows)
        this.#graph.aggregations.get(name)?.show(results)
      }
    })
    for (const operator of this.#graph.behind.values()) this.#graph.advanceOne(operator, this.#state.shownTo)
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

  #operators(): Map<string, Stateful> {
    return new Map<string, Stateful>([[this.#state.id, this.#state], ...this.#graph.behind])
  }

  #build(): [Graph<A>, MergeState] {
    const graph = new Graph('merge', this.#schema, this.#flows)
    for (const end of graph.ends) if (end.behind) end.accept = (batch) => void this.#rows.push(...(batch.toArray() as B[]))
    graph.onLate = (_operator, rows) => void this.#late.push(...rows.toArray())
    return [graph, new MergeState(this.#tasks, this.#keepFor, graph.aggregations)]
  }
}
