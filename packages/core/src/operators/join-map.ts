import type { OperatorFunction } from 'rxjs'
import * as z from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { TicketsError } from '../base/errors.ts'
import type { Batch } from '../batch/batch.ts'
import { addFound } from '../schema/add-columns.ts'
import { schemaExtension } from './extend-schema.ts'
import { checkLookup, readerOf } from './join/lookup.ts'
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
      const keyOf = readerOf(batch, on)
      const found = Array.from({ length: batch.length }, (_, i) => {
        const key = keyOf(i)
        return key === null || key === undefined ? undefined : table.get(key as never)
      })
      out.next(addFound(batch, extend(batch.schema), names, found, [on]))
    },
    ready: () => scope?.describe('joinTable', { on, columns: names }),
  }))
}
