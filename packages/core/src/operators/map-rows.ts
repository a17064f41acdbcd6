import type { OperatorFunction } from 'rxjs'
import { Batch, internals, type Schema } from '../batch/batch.ts'
import { operate } from './operate.ts'

/** Returns a batch of one row for each row of a batch. It keeps their watermarks and positions. */
export function mapBatch<A, B>(batch: Batch<A>, schema: Schema<B>, map: (row: A, index: number) => B): Batch<B> {
  const made = Batch.of(schema, batch.toArray().map(map))
  return internals.make(schema, internals.columns(made), made.length, internals.metadata(batch), internals.origin(batch))
}

/**
 * Makes one row of `schema` from each row.
 *
 * @throws `BATCH_VALUE`, as the flow's error, naming the column, where a value does not fit the schema.
 * @example
 * tickets.pipe(mapRows(Length, (t) => ({ at: t.created_at, letters: t.request.length })))
 */
export function mapRows<A, B, const R extends B = B>(schema: Schema<B>, map: (row: A, index: number) => R): OperatorFunction<Batch<A>, Batch<B>> {
  return operate<Batch<A>, Batch<B>>(
    (out, scope) => ({
      next: (batch) => out.next(mapBatch(batch, schema, map)),
      ready: () => scope?.describe('mapRows', { schema: schema.name, version: schema.version }),
    }),
    { keeps: false },
  )
}
