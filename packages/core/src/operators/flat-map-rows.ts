import type { OperatorFunction } from 'rxjs'
import { Batch, internals, MOST_ROWS, pickMetadata, type Schema } from '../batch/batch.ts'
import { operate } from './operate.ts'

/**
 * Makes any number of rows of `schema` from each row: none, one or several.
 *
 * They keep the position of their row and the watermark before it, so none of them makes another one late. All rows of one message are committed
 * together.
 *
 * @throws `BATCH_VALUE`, as the flow's error, naming the column, where a value does not fit the schema.
 * @example
 * orders.pipe(flatMapRows(Item, (order) => order.items.map((item) => ({ at: order.at, ...item })))) // a row for each item
 */
export function flatMapRows<A, B, const R extends B = B>(
  schema: Schema<B>,
  map: (row: A, index: number) => Iterable<R>,
): OperatorFunction<Batch<A>, Batch<B>> {
  return operate<Batch<A>, Batch<B>>((out, scope) => ({
    next: (batch) => flatMapBatch(batch, schema, map, (made) => out.next(made)),
    ready: () => scope?.describe('flatMapRows', { schema: schema.name, version: schema.version }),
  }))
}

/** Emits the rows made of a batch, at least one batch, since an empty one carries the schema. */
function flatMapBatch<A, B>(batch: Batch<A>, schema: Schema<B>, map: (row: A, index: number) => Iterable<B>, emit: (made: Batch<B>) => void): void {
  let rows: B[] = []
  let parents: number[] = []
  let isFirst = true
  const flush = () => {
    const made = Batch.of(schema, rows)
    emit(internals.make(schema, internals.columns(made), made.length, pickMetadata(batch, Int32Array.from(parents)), internals.origin(batch)))
    rows = []
    parents = []
    isFirst = false
  }
  let index = 0
  for (const row of batch) {
    for (const made of map(row, index)) {
      if (rows.length === MOST_ROWS) flush()
      rows.push(made)
      parents.push(index)
    }
    index++
  }
  if (isFirst || rows.length > 0) flush()
}
