import type { Field } from '@tickets/core'
import type { DateDimension } from './options.ts'

/** The key of a dimension of days. */
export const DAY_KEY = 'date_key'

const column = (name: string, kind: Field['kind']): Field => ({ name, kind, values: [], optional: false, nullable: false })

/** The columns of a day, its key first. */
export const dayFields: readonly Field[] = [
  column(DAY_KEY, 'date'),
  ...['year', 'quarter', 'month'].map((name) => column(name, 'int32')),
  column('month_name', 'string'),
  ...['iso_week', 'day', 'day_of_week'].map((name) => column(name, 'int32')),
  column('day_name', 'string'),
  column('is_weekend', 'boolean'),
]

/**
 * Makes a dimension of days in UTC: `date_key`, `year`, `quarter`, `month`, `month_name`, `iso_week`, `day`, `day_of_week` (1 is Monday), `day_name`,
 * `is_weekend`. It gets a row for each day that a fact refers to, and `snapshot_date` of each fact refers to it.
 *
 * @example
 * starSchema({ database, dimensions: { date: dateDimension() }, facts: { sale: { schema: Sale, refers: { date: 'at' } } } }) // dim_date, fact_sale
 */
export function dateDimension(options: { readonly table?: string } = {}): DateDimension {
  return { ...options, days: true }
}
