import type { OperatorFunction } from 'rxjs'
import { type Batch, pick } from '../batch/batch.ts'
import { operate } from './operate.ts'

/** Returns a batch of the rows for which `keep` is true; the batch itself when these are all of its rows. */
export function filterBatch<T>(batch: Batch<T>, keep: (i: number) => boolean): Batch<T> {
  const rows = new Int32Array(batch.length)
  let kept = 0
  for (let i = 0; i < batch.length; i++) if (keep(i)) rows[kept++] = i
  return kept === batch.length ? batch : pick(batch, rows.subarray(0, kept))
}

/**
 * Keeps the rows for which `predicate` is true.
 *
 * Empty batches pass, since they carry the schema. What the predicate throws is the error of the flow.
 *
 * @example
 * tickets.pipe(filterRows((t) => t.priority === 'critical'))
 */
export function filterRows<T>(predicate: (row: T, index: number) => boolean): OperatorFunction<Batch<T>, Batch<T>> {
  return operate<Batch<T>, Batch<T>>(
    (out, scope) => ({
      next(batch) {
        const rows = batch.toArray()
        out.next(filterBatch(batch, (i) => predicate(rows[i] as T, i)))
      },
      ready: () => scope?.describe('filterRows', {}),
    }),
    { keeps: false },
  )
}
