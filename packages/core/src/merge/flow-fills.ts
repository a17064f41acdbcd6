import { flowOf } from '../records/operator-state-record.ts'
import { leastWatermark } from './backfill-horizon.ts'
import type { TaskView } from './entry.ts'

/**
 * The tasks that fill flows which joined, from the beginning of the source. For these flows they are tasks like any other: a window waits for them, is
 * emitted once and is whole. For all other flows they are not there.
 */
export class FlowFills {
  readonly #views: ReadonlyMap<string, TaskView>
  /** Task → the flows that it fills. */
  readonly #flows: ReadonlyMap<string, readonly string[]>
  readonly #filled: ReadonlySet<string>
  readonly #tasks: readonly string[]

  constructor(flows: ReadonlyMap<string, readonly string[]>, views: ReadonlyMap<string, TaskView>) {
    this.#flows = flows
    this.#views = views
    this.#filled = new Set([...flows.values()].flat())
    this.#tasks = [...flows.keys()]
  }

  has(task: string): boolean {
    return this.#flows.has(task)
  }

  /** Whether the flow of an aggregation is, or was, filled. */
  fills(aggregation: string): boolean {
    return this.#filled.size > 0 && this.#filled.has(flowOf(aggregation))
  }

  /** How far the flow of an aggregation is filled, in event time: -Infinity before a task's first row, Infinity when all is done. */
  watermark(aggregation: string): number {
    if (!this.fills(aggregation)) return Number.POSITIVE_INFINITY
    const flow = flowOf(aggregation)
    return leastWatermark(this.#tasks, this.#views, (task, view) => view?.ended !== true && this.#flows.get(task)?.includes(flow) === true)
  }
}
