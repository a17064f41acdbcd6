import type { OperatorFunction } from 'rxjs'
import * as z from 'zod'
import type { $ZodType, output } from 'zod/v4/core'
import { TicketsError } from '../base/errors.ts'
import { valueIn } from '../base/own-names.ts'
import { type Batch, column } from '../batch/batch.ts'
import { type ColumnBuilder, columnBuilder } from '../batch/builder.ts'
import { valueReader } from '../batch/columns.ts'
import { type Field, isComparable, type Simplify } from '../store/field.ts'
import { schemaExtension } from './extend-schema.ts'
import { operate } from './operate.ts'
import { addColumns } from './with-column.ts'

/** A table in which `joinTable` looks rows up. A `Map` is one. */
export interface Table<Key, Row> {
  /** Returns the row of a key; undefined if there is none. */
  get(key: Key): Row | undefined
}

/** Settings of `joinTable`. */
export interface JoinTableOptions<K extends string, S extends Record<string, $ZodType>> {
  /** The column whose value is looked up. */
  on: K
  /** The columns to add, with their types: strings, numbers, enums, … of the table's rows. They are null where the table has no row. */
  columns: S
}

/**
 * Adds the columns that a table has for a row's key, such as a client's segment or a product's name. They are null where the table has no row.
 *
 * The table belongs to the application and may change at any time. `joinTable` reads it when a row passes, so a replay sees the table of that moment.
 *
 * @throws `OPTION_INVALID` where a column of the table is optional or nullable; as the flow's error `BATCH_VALUE` where a value does not fit
 * @example
 * const segments = new Map([['CLIENT_1000', { segment: 'gold' }]])
 * tickets.pipe(joinTable(segments, { on: 'client_id', columns: { segment: z.string() } })) // { …, segment: 'gold' }
 */
export function joinTable<T, const K extends keyof T & string, const S extends Record<string, $ZodType>>(
  table: Table<NonNullable<T[K]>, { readonly [C in keyof S]: output<S[C]> }>,
  { on, columns }: JoinTableOptions<K, S>,
): OperatorFunction<Batch<T>, Batch<Simplify<Omit<T, keyof S> & { [C in keyof S]: output<S[C]> | null }>>> {
  type Row = Simplify<Omit<T, keyof S> & { [C in keyof S]: output<S[C]> | null }>
  const names = Object.keys(columns)
  const shape = Object.fromEntries(
    Object.entries(columns).map(([name, type]) => {
      const { type: kind } = type._zod.def as { type: string }
      if (kind === 'optional' || kind === 'nullable')
        throw new TicketsError('OPTION_INVALID', `joinTable makes "${name}" nullable by itself: give its plain type`)
      return [name, z.nullable(type as z.ZodType)]
    }),
  )
  const extend = schemaExtension<T, Row>(`with_${names.join('_')}`.replace(/[^\w-]/g, '_'), shape)
  return operate<Batch<T>, Batch<Row>>((out, scope) => ({
    next(batch) {
      const field = batch.schema.fields.find((one) => one.name === on)
      if (field && !isComparable(field.kind))
        throw new TicketsError(
          'OPTION_INVALID',
          `joinTable looks up single values, "${on}" is of kind ${field.kind}: make a column of one of its values with mapRows`,
        )
      const read = valueReader(field as Field, column(batch, on))
      const schema = extend(batch.schema)
      const builders = names.map((name) => columnBuilder(schema.fields.find((field) => field.name === name) as Field))
      for (let i = 0; i < batch.length; i++) {
        const key = read(i)
        const found = key === null || key === undefined ? undefined : table.get(key as NonNullable<T[K]>)
        names.forEach((name, c) => {
          builders[c]?.add((found && valueIn(found, name)) ?? null)
        })
      }
      out.next(addColumns(batch, schema, new Map(names.map((name, c) => [name, (builders[c] as ColumnBuilder).finish()])), [on]))
    },
    ready: () => scope?.describe('joinTable', { on, columns: names }),
  }))
}
