import * as z from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { compareTexts } from '../base/compare-texts.ts'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { unwrapped } from '../base/zod-definition.ts'
import { type Batch, internals, type Schema } from '../batch/batch.ts'
import { validityOf, valueReader, wideReader } from '../batch/columns.ts'
import { missingColumn } from '../batch/missing-column.ts'
import { columnAt, type Located, locate } from '../batch/paths.ts'
import { typeAt } from '../schema/type-at.ts'
import { type Field, isComparable, type Kind } from '../store/field.ts'
import { eventTimes } from '../time/event-time.ts'
import { compareDecimals } from '../values/compare-decimals.ts'
import type { At } from './aggregate.ts'
import { DecimalValue } from './decimal-value.ts'

/**
 * Returns the column of this name, or the member at this path. Throws `OPTION_INVALID` where there is none, or where it is of none of these kinds: by
 * default all that are one value.
 */
export function fieldOf(schema: Schema<unknown>, name: string, agg: string, kinds?: readonly Kind[] | 'any'): Field {
  return locatedIn(schema, name, agg, kinds).field
}

function locatedIn(schema: Schema<unknown>, name: string, agg: string, kinds?: readonly Kind[] | 'any'): Located {
  const located = locate(schema.fields, name)
  if (!located) throw new TicketsError('OPTION_INVALID', `${agg}("${name}"): ${schema.name} has no such column${missingColumn(schema.fields, name)}`)
  const { field } = located
  if (!kinds && !isComparable(field.kind))
    throw new TicketsError(
      'OPTION_INVALID',
      `${agg}("${name}") takes a column of single values, "${name}" is of kind ${field.kind}: make a column of its part with mapRows`,
    )
  const hint = agg === 'sum' && field.kind === 'decimal' ? ': use sumDecimal()' : ''
  if (kinds && kinds !== 'any' && !kinds.includes(field.kind))
    throw new TicketsError('OPTION_INVALID', `${agg}("${name}") takes a column of numbers, "${name}" is of kind ${field.kind}${hint}`)
  return located
}

/** A column, or a member of nested ones, with its values in a batch. */
interface Column {
  readonly field: Field
  readonly data: ReturnType<typeof columnAt>
}

/** Returns a column of a batch, or the member at a path: null where an object on the way to it is missing. Throws as `fieldOf` does. */
export function columnOf(batch: Batch<unknown>, name: string, agg: string, kinds?: readonly Kind[] | 'any'): Column {
  const { field, places } = locatedIn(batch.schema, name, agg, kinds)
  return { field, data: columnAt(batch, places) }
}

export const numeric: readonly Kind[] = ['number', 'integer', 'int32']

/** Returns a reader of a column of numbers. Where there is none it returns NaN, which no column can hold. */
export function numberReader(batch: Batch<unknown>, name: string, agg: string): (i: number) => number {
  const { field, data } = columnOf(batch, name, agg, numeric)
  const values = data.values as Float64Array
  const read = field.kind === 'integer' ? wideReader(data) : (i: number) => values[i] as number
  if (data.nullCount <= 0) return read
  const isValid = validityOf(data)
  return (i) => (isValid(i) ? read(i) : Number.NaN)
}

/** Returns a reader of a column as row values. */
export function anyReader(batch: Batch<unknown>, name: string, agg: string): (i: number) => unknown {
  const { field, data } = columnOf(batch, name, agg)
  return valueReader(field, data)
}

/** Returns a reader of the event time and position of each row. */
export function atReader(batch: Batch<unknown>): (i: number) => At {
  const time = batch.schema.time === '' ? () => 0 : eventTimes(batch)
  const offsets = internals.metadata(batch)?.offsets
  return (i) => ({ time: time(i), position: offsets?.[i] ?? 0 })
}

/** Returns the zod type of a column or null, which is the result without any value. Throws as `fieldOf` does. */
export function nullableTypeOf(schema: Schema<unknown>, name: string, agg: string): $ZodType {
  const type = typeAt(schema.zod, schema.fields, locatedIn(schema, name, agg))
  return z.nullable(unwrapped(type).type as z.ZodType)
}

/** Returns the zod type of a sum: INT64 for integers, DOUBLE for other numbers. */
export function numberTypeOf(schema: Schema<unknown>, name: string, agg: string): $ZodType {
  return fieldOf(schema, name, agg, numeric).kind === 'number' ? z.number() : z.int()
}

/** Returns a value as JSON from which `fromTagged` restores it: JSON has neither instants nor infinities, and drops the sign of -0. */
export function toTagged(value: unknown): Json {
  if (value instanceof Date) return { date: value.getTime() }
  if (value instanceof DecimalValue) return { decimal: value.text }
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) return { number: Object.is(value, -0) ? '-0' : String(value) }
  return (value ?? null) as Json
}

/** Returns the value that `toTagged` stored. */
export function fromTagged(json: Json): unknown {
  if (json === null || typeof json !== 'object') return json
  const tagged = json as { date?: number; number?: string; decimal?: string }
  if (tagged.decimal !== undefined) return new DecimalValue(tagged.decimal)
  return tagged.date === undefined ? Number(tagged.number) : new Date(tagged.date)
}

/** Compares values of one column: texts by their UTF-8 bytes, others by value, then by the sign of zero. Decimals are `DecimalValue`. */
export function compare(a: unknown, b: unknown): number {
  if (a instanceof DecimalValue && b instanceof DecimalValue) return compareDecimals(a.text, b.text)
  if (typeof a === 'string' && typeof b === 'string') return Math.sign(compareTexts(a, b))
  const [x, y] = [a, b].map((v) => (v instanceof Date ? v.getTime() : v)) as [number, number]
  if (x < y) return -1
  if (x > y) return 1
  return Object.is(x, y) ? 0 : Object.is(x, -0) ? -1 : 1
}
