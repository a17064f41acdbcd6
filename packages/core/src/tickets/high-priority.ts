import type { OperatorFunction } from 'rxjs'
import type { Batch } from '../batch/batch.ts'
import { filterColumn } from '../operators/filter-column.ts'

/**
 * Keeps the tickets whose priority is high or critical. It is `filterColumn` with a list: write your own like it.
 *
 * @param options.priorities the priorities to keep instead
 * @example
 * tickets.pipe(highPriority()) // no row with priority 'low' or 'medium'
 */
export function highPriority<T extends { priority: string }>(
  options: { priorities?: readonly T['priority'][] } = {},
): OperatorFunction<Batch<T>, Batch<T>> {
  const wanted = new Set<string>(options.priorities ?? ['high', 'critical'])
  return filterColumn('priority', (priority) => wanted.has(priority))
}
