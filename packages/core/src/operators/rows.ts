import type { OperatorFunction } from 'rxjs'
import type { Batch } from '../batch/batch.ts'
import { operate } from './operate.ts'

/**
 * Emits the rows of batches one by one, for operators of RxJS that know nothing of batches. `toBatches` makes batches again.
 *
 * Rows have no watermarks and positions, so a `windowed` after it refuses them.
 *
 * @example
 * tickets.pipe(rows(), map((t) => t.request.length)) // Observable<number>
 */
export function rows<T>(): OperatorFunction<Batch<T>, T> {
  return operate<Batch<T>, T>((out, scope) => ({
    next(batch) {
      // A row cannot carry that windows made it, and `toBatches` has to know.
      if (scope?.inMergeStage) scope.emitsSingleWindowRows = true
      for (const row of batch) out.next(row)
    },
  }))
}
