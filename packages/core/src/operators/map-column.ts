import type { Data } from 'apache-arrow'
import type { OperatorFunction } from 'rxjs'
import type { $ZodType, output } from 'zod/v4/core'
import { type Batch, column } from '../batch/batch.ts'
import { columnBuilder } from '../batch/builder.ts'
import { membersOf, missingIn, validityOf, valueReader } from '../batch/columns.ts'
import { take } from '../batch/take.ts'
import { addColumn } from '../schema/add-columns.ts'
import type { Field, Simplify } from '../store/field.ts'
import { schemaExtension } from './extend-schema.ts'
import { operate } from './operate.ts'

/**
 * Adds a column that is computed from the values of one other, or replaces the column of this name. It reads that column alone and builds no rows. Of an
 * enum, each member is computed once a batch. For a value of several columns there is `withColumn`.
 *
 * @param type a zod type that a schema can hold
 * @throws `SCHEMA_UNSUPPORTED` for another type; as the flow's error `OPTION_INVALID` where there is no such column, and `BATCH_VALUE` where a value does
 * not fit
 * @example
 * tickets.pipe(mapColumn('priority', 'urgent', z.boolean(), (priority) => priority === 'critical')) // rows have `urgent: boolean`
 */
export function mapColumn<T, const K extends keyof T & string, const N extends string, Z extends $ZodType>(
  from: K,
  to: N,
  type: Z,
  map: (value: T[K]) => output<Z>,
): OperatorFunction<Batch<T>, Batch<Simplify<Omit<T, N> & { [C in N]: output<Z> }>>> {
  type Row = Simplify<Omit<T, N> & { [C in N]: output<Z> }>
  const extend = schemaExtension<T, Row>(`with_${to}`.replace(/[^\w-]/g, '_'), { [to]: type })
  return operate<Batch<T>, Batch<Row>>(
    (out, scope) => ({
      next(batch) {
        const schema = extend(batch.schema)
        const source = batch.schema.fields.find(({ name }) => name === from) as Field
        const target = schema.fields.find(({ name }) => name === to) as Field
        out.next(addColumn(batch, schema, to, mapped(column(batch, from), source, target, map as (value: unknown) => unknown), [from]))
      },
      ready: () => scope?.describe('mapColumn', { from, to }),
    }),
    { keeps: false },
  )
}

function mapped(data: Data, source: Field, target: Field, map: (value: unknown) => unknown): Data {
  const builder = columnBuilder(target)
  if (source.kind !== 'enum') {
    const read = valueReader(source, data)
    for (let i = 0; i < data.length; i++) builder.add(map(read(i)))
    return builder.finish()
  }
  const members = membersOf(data)
  for (const member of members) builder.add(map(member))
  if (data.nullCount > 0) builder.add(map(missingIn(source)))
  const codes = data.values as Int8Array
  const isValid = validityOf(data)
  const places = new Int32Array(data.length)
  for (let i = 0; i < places.length; i++) places[i] = isValid(i) ? (codes[i] as number) : members.length
  return take(builder.finish(), places)
}
