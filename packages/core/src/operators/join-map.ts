import type { OperatorFunction } from 'rxjs'
import * as z from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { TicketsError } from '../base/errors.ts'
import { valueIn } from '../base/own-names.ts'
import { type Batch, column } from '../batch/batch.ts'
import { type ColumnBuilder, columnBuilder } from '../batch/builder.ts'
import { valueReader } from '../batch/columns.ts'
import { addColumns } from '../schema/add-columns.ts'
import type { Field } from '../store/field.ts'
import { schemaExtension } from './extend-schema.ts'
import { checkLookup } from './join/lookup.ts'
import { operate } from './operate.ts'

/** A table in which `joinTable` looks rows up. A `Map` is one. */
export interface Table<Key, Row> {
  /** Returns the row of a key; undefined if there is none. */
  get(key: Key): Row | undefined
}

/** A table whose types were checked by the caller. */
export type AnyTable = Table<never, object>

/** Settings of `joinTable` with a table in memory. */
export interface JoinTableOptions<K extends string, S extends Record<string, $ZodType>> {
  /** The column whose value is looked up. */
  on: K
  /** The columns to add, with their types: strings, numbers, enums, … of the table's rows. They are null where the table has no row. */
  columns: S
}

/** Joins with a table of the application, as it is when a row passes. */
export function joinMap(
  table: AnyTable,
  { on, columns }: JoinTableOptions<string, Record<string, $ZodType>>,
): OperatorFunction<Batch<never>, Batch<unknown>> {
  const names = Object.keys(columns)
  const shape = Object.fromEntries(
    Object.entries(columns).map(([name, type]) => {
      const { type: kind } = type._zod.def as { type: string }
      if (kind === 'optional' || kind === 'nullable')
        throw new TicketsError('OPTION_INVALID', `joinTable makes "${name}" nullable by itself: give its plain type`)
      return [name, z.nullable(type as z.ZodType)]
    }),
  )
  const extend = schemaExtension<never, unknown>(`with_${names.join('_')}`.replace(/[^\w-]/g, '_'), shape)
  return operate<Batch<never>, Batch<unknown>>((out, scope) => ({
    next(batch) {
      checkLookup(batch.schema, on)
      const read = valueReader(batch.schema.fields.find((one) => one.name === on) as Field, column(batch, on))
      const schema = extend(batch.schema)
      const builders = names.map((name) => columnBuilder(schema.fields.find((field) => field.name === name) as Field))
      for (let i = 0; i < batch.length; i++) {
        const key = read(i)
        const found = key === null || key === undefined ? undefined : table.get(key as never)
        names.forEach((name, c) => {
          builders[c]?.add((found && valueIn(found, name)) ?? null)
        })
      }
      out.next(addColumns(batch, schema, new Map(names.map((name, c) => [name, (builders[c] as ColumnBuilder).finish()])), [on]))
    },
    ready: () => scope?.describe('joinTable', { on, columns: names }),
  }))
}
