import type { OperatorFunction } from 'rxjs'
import { type Batch, column } from '../batch/batch.ts'
import { membersOf, missingIn, validityOf, valueReader } from '../batch/columns.ts'
import type { Field } from '../store/field.ts'
import { filterBatch } from './filter-rows.ts'
import { operate } from './operate.ts'

/**
 * Keeps the rows whose value in one column passes. It reads that column alone and builds no rows. Of an enum, each member is looked at once a batch. For
 * a condition on several columns there is `filterRows`.
 *
 * @throws `OPTION_INVALID`, as the flow's error, where there is no such column
 * @example
 * tickets.pipe(filterColumn('priority', (priority) => priority === 'critical'))
 */
export function filterColumn<T, const K extends keyof T & string>(
  name: K,
  predicate: (value: T[K]) => boolean,
): OperatorFunction<Batch<T>, Batch<T>> {
  return operate<Batch<T>, Batch<T>>(
    (out, scope) => ({
      next: (batch) => out.next(filterBatch(batch, keeper(batch, name, predicate))),
      ready: () => scope?.describe('filterColumn', { column: name }),
    }),
    { keeps: false },
  )
}

function keeper<T, K extends keyof T & string>(batch: Batch<T>, name: K, predicate: (value: T[K]) => boolean): (i: number) => boolean {
  const data = column(batch, name)
  const field = batch.schema.fields.find((one) => one.name === name) as Field
  if (field.kind !== 'enum') {
    const read = valueReader(field, data)
    return (i) => predicate(read(i) as T[K])
  }
  const keep = membersOf(data).map((member) => predicate(member as T[K]))
  const keepMissing = data.nullCount > 0 && predicate(missingIn(field) as T[K])
  const codes = data.values as Int8Array
  const isValid = validityOf(data)
  return (i) => (isValid(i) ? keep[codes[i] as number] === true : keepMissing)
}
