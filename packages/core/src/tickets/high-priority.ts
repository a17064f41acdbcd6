import type { OperatorFunction } from 'rxjs'
import type { Batch } from '../batch/batch.ts'
import { isValid, membersOf } from '../batch/columns.ts'
import { filterBatch } from '../operators/filter-rows.ts'
import { operate } from '../operators/operate.ts'
import { enumColumn } from './enum-column.ts'

/**
 * Keeps the tickets whose priority is high or critical.
 *
 * Compares dictionary codes and builds no rows. `filterRows` does the same with any predicate, row by row.
 *
 * @param options.priorities the priorities to keep instead
 * @throws `OPTION_INVALID` where `priority` is no enum
 * @example
 * tickets.pipe(highPriority()) // no row with priority 'low' or 'medium'
 */
export function highPriority<T extends { priority: string }>(
  options: { priorities?: readonly T['priority'][] } = {},
): OperatorFunction<Batch<T>, Batch<T>> {
  const wanted: readonly string[] = options.priorities ?? ['high', 'critical']
  return operate<Batch<T>, Batch<T>>((out, scope) => ({
    next(batch) {
      const priorities = enumColumn(batch, 'priority', 'highPriority')
      const keep = membersOf(priorities).map((member) => wanted.includes(member))
      const codes = priorities.values as Int8Array
      out.next(filterBatch(batch, (i) => keep[codes[i] as number] === true && isValid(priorities, i)))
    },
    ready: () => scope?.describe('highPriority', { priorities: [...wanted] }),
  }))
}
