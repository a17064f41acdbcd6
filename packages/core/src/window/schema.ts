import * as z from 'zod'
import type { $ZodType } from 'zod/v4/core'
import type { Agg } from '../aggregate/aggregate.ts'
import { TicketsError } from '../base/errors.ts'
import type { Schema } from '../batch/batch.ts'
import { missingColumn } from '../batch/missing-column.ts'
import { locate } from '../batch/paths.ts'
import { makeSchema } from '../schema/define.ts'
import { typeAt } from '../schema/type-at.ts'
import { isComparable } from '../store/field.ts'
import { instant } from '../values/instant.ts'

/** The names of a window's own columns, which no key and no aggregate may have. */
export const reserved = ['window_start', 'window_end', 'revision', 'is_final'] as const

/** Returns the type of a result's column. Where the aggregate does not declare it, the result of no rows at all tells. */
function typeOf(input: Schema<unknown>, name: string, agg: Agg<unknown, unknown>): $ZodType {
  if (agg.typeIn) return agg.typeIn(input)
  if (agg.type) return agg.type
  const empty = agg.result(agg.init())
  if (typeof empty === 'number') return z.number()
  if (typeof empty === 'string') return z.string()
  if (typeof empty === 'boolean') return z.boolean()
  if (empty instanceof Date) return instant()
  throw new TicketsError('OPTION_INVALID', `the aggregate "${name}" does not declare its column: give it a \`type\`, such as z.number().nullable()`)
}

/** Names an operator that groups rows, and the columns of its own, which no key and no aggregate may be called. */
export interface Grouping {
  readonly operator: string
  readonly reserved: readonly string[]
}

/** Returns the types of the columns of a key and of aggregates over rows of a schema. Throws `OPTION_INVALID`. */
export function groupedColumns(
  input: Schema<unknown>,
  { operator, reserved: own }: Grouping,
  by: readonly string[],
  aggregate: Readonly<Record<string, Agg<unknown, unknown>>>,
): { readonly keys: Record<string, $ZodType>; readonly results: Record<string, $ZodType> } {
  const keys = by.map((name) => {
    if (own.includes(name))
      throw new TicketsError(
        'OPTION_INVALID',
        `${operator} cannot group by "${name}", which is the name of a column of its own: rename yours first, with mapRows`,
      )
    const located = locate(input.fields, name)
    const type = located && typeAt(input.zod, input.fields, located)
    if (!type) throw new TicketsError('OPTION_INVALID', `${input.name} has no column "${name}" to group by${missingColumn(input.fields, name)}`)
    const { kind } = located.field
    if (!isComparable(kind))
      throw new TicketsError(
        'OPTION_INVALID',
        `${operator} cannot group by "${name}", which is of kind ${kind}: make a column of one of its values with mapRows`,
      )
    return [name, type] as const
  })
  const results = Object.entries(aggregate).map(([name, agg]) => {
    if (own.includes(name) || by.includes(name))
      throw new TicketsError('OPTION_INVALID', `the aggregate "${name}" has the name of another column: choose another`)
    return [name, typeOf(input, name, agg)] as const
  })
  return { keys: Object.fromEntries(keys), results: Object.fromEntries(results) }
}

/** Returns the name of a schema of grouped rows. */
export const groupedName = (input: Schema<unknown>, kind: string, by: readonly string[]): string =>
  [input.name, kind, ...(by.length > 0 ? ['by', ...by] : [])].join('_').replace(/[^\w-]/g, '_')

/** Returns the schema of the rows that `windowed` emits: bounds, key, aggregates, `revision`, and `is_final` where each change is emitted. */
export function windowSchema(
  input: Schema<unknown>,
  kind: string,
  by: readonly string[],
  aggregate: Readonly<Record<string, Agg<unknown, unknown>>>,
  updates = false,
): Schema<Record<string, unknown>> {
  const { keys, results } = groupedColumns(input, { operator: 'windowed', reserved }, by, aggregate)
  const columns = {
    window_start: instant(),
    window_end: instant(),
    ...keys,
    ...results,
    revision: z.int32(),
    ...(updates ? { is_final: z.boolean() } : {}),
  }
  const named = { name: groupedName(input, kind, by), version: input.version, time: 'window_start' }
  return makeSchema(z.object(columns), named, ['window_start', 'window_end', ...by])
}
