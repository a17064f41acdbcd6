import type { OperatorFunction } from 'rxjs'
import { TicketsError } from '../base/errors.ts'
import { Batch, type Schema } from '../batch/batch.ts'
import type { OperatorState } from '../records/operator-state-record.ts'
import { guardOf, operate } from './operate.ts'

/**
 * Gathers rows into batches of `size`. The rest is emitted when a range ends or the source completes, so no row waits in memory without being in a record.
 *
 * @throws `OPTION_INVALID` for a size below 1; `BATCH_VALUE`, as the flow's error, where a row does not fit the schema
 * @example
 * of(a, b, c).pipe(toBatches(Ticket, 2)) // batches of 2 and 1 rows
 */
export function toBatches<T>(schema: Schema<T>, size = 1000): OperatorFunction<T, Batch<T>> {
  if (!(Number.isInteger(size) && size > 0)) throw new TicketsError('OPTION_INVALID', `toBatches takes a whole number of rows from 1, got ${size}`)
  return operate<T, Batch<T>>((out, scope) => {
    let held: T[] = []
    const flush = (always: boolean) => {
      if (held.length === 0 && !always) return
      const batch = Batch.of(schema, held)
      held = []
      out.next(batch)
    }
    const guard = guardOf(out)
    const stateful: OperatorState = {
      id: `toBatches(${schema.name})`,
      version: 1,
      // The empty range of the start has no row that could carry the schema, so an empty batch does.
      rangeEnd: (probe) =>
        guard(() => {
          if (!probe || !scope?.emitsSingleWindowRows) return flush(probe)
          scope.moveToMergeStage(stateful)
          scope.runInMergeStage(() => flush(true))
        }),
      snapshot: () => null,
      restore: () => {},
    }
    return {
      next(row) {
        held.push(row)
        if (held.length >= size) flush(false)
      },
      complete: () => flush(false),
      ready: () => scope?.stateful(stateful),
    }
  })
}
