import { Observable } from 'rxjs'
import { TicketsError } from '../base/errors.ts'
import type { Batch } from '../batch/batch.ts'
import type { InputOptions } from '../connectors/joined/input.ts'
import type { Source } from '../connectors/source.ts'
import { currentScope } from '../dataflow/scope.ts'

/**
 * Returns the rows of a source beside the pipeline's own, for `joinWithin`. A task reads the partition of it with the number of its own, from where
 * its last record ends. Works inside a pipeline only.
 *
 * @param options `partitions: 'all'`: every task reads all of it
 * @throws as the flow's error `OPERATOR_SCOPE` outside of a pipeline; `OPTION_INVALID` where its topic has other partitions than the pipeline's
 * @example
 * payments.pipe(joinWithin(fromSource(refunds).pipe(filterRows((r) => r.amount > 0)), { on: 'payment_id', within: '1 hour', columns: ['amount'] }))
 */
export function fromSource<T, P>(
  source: Source<T, P>,
  { partitions = 'same' }: Partial<Pick<InputOptions, 'partitions'>> = {},
): Observable<Batch<T>> {
  return new Observable<Batch<T>>((out) => {
    const scope = currentScope()
    if (!scope) throw new TicketsError('OPERATOR_SCOPE', 'fromSource works inside of a pipeline only: a test pushes its rows through the Harness')
    return scope.input(source as Source<T, never>, { partitions }).subscribe(out)
  })
}
