import type { OperatorFunction } from 'rxjs'
import type { Batch } from '../batch/batch.ts'
import { operate } from './operate.ts'

/**
 * One row at a time, for operators of RxJS that know nothing of batches; `toBatches` goes back.
 * Watermarks and positions are lost on the way, so `windowed` refuses what comes after.
 *
 * @example
 * tickets.pipe(rows(), map((t) => t.request.length)) // Observable<number>
 */
export function rows<T>(): OperatorFunction<Batch<T>, T> {
  return operate<Batch<T>, T>((out, scope) => ({
    next(batch) {
      // Rows cannot say that windows feed them; whoever makes batches of them again has to know.
      if (scope?.inMergeStage) scope.emitsSingleWindowRows = true
      for (const row of batch) out.next(row)
    },
  }))
}
