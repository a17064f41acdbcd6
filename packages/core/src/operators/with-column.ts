import type { OperatorFunction } from 'rxjs'
import type { $ZodType, output } from 'zod/v4/core'
import type { Batch } from '../batch/batch.ts'
import { columnBuilder } from '../batch/builder.ts'
import { addColumn } from '../schema/add-columns.ts'
import type { Field, Simplify } from '../store/field.ts'
import { schemaExtension } from './extend-schema.ts'
import { operate } from './operate.ts'

/**
 * Adds a column that is computed from each row, or replaces the column of this name.
 *
 * @param type a zod type that a schema can hold
 * @throws `SCHEMA_UNSUPPORTED` for another type; `BATCH_VALUE`, as the flow's error, where a value does not fit
 * @example
 * tickets.pipe(withColumn('urgent', z.boolean(), (t) => t.priority === 'critical')) // rows have `urgent: boolean`
 */
export function withColumn<T, const N extends string, Z extends $ZodType>(
  name: N,
  type: Z,
  compute: (row: T, index: number) => output<Z>,
): OperatorFunction<Batch<T>, Batch<Simplify<Omit<T, N> & { [K in N]: output<Z> }>>> {
  type Row = Simplify<Omit<T, N> & { [K in N]: output<Z> }>
  const extend = schemaExtension<T, Row>(`with_${name}`.replace(/[^\w-]/g, '_'), { [name]: type })
  return operate<Batch<T>, Batch<Row>>(
    (out, scope) => ({
      next(batch) {
        const schema = extend(batch.schema)
        const builder = columnBuilder(schema.fields.find((field) => field.name === name) as Field)
        let i = 0
        for (const row of batch) builder.add(compute(row, i++))
        out.next(addColumn(batch, schema, name, builder.finish()))
      },
      ready: () => scope?.describe('withColumn', { name }),
    }),
    { keeps: false },
  )
}
