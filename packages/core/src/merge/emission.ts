import type { Acc } from '../aggregate/sets/acc-json.ts'
import type { Fill } from '../window/fill.ts'

/** What the merge shows at once: for each key, the accumulators of all tasks in their order. */
export interface Emission {
  readonly key: string
  readonly accs: readonly (readonly Acc[])[]
  readonly revision: number
  /** Nothing can change it any more: every task has closed it and none can join, or `keepFor` has passed. */
  readonly final: boolean
  /** Rows in it, over all tasks. */
  readonly rows: number
}

/** How the merge shows an aggregation. */
export interface Display {
  /** Once the minimum of the watermarks closes it; at each change; or once every task has closed it, because a second aggregation takes it. */
  readonly shows: 'final' | 'updates' | 'closed'
  readonly fill?: Fill | undefined
}
