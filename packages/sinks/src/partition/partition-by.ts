import { type Path, TicketsError, type ValueAt } from '@tickets/core'

/** The columns of a row, and paths to members of nested ones, whose type is `V`; any name where the row's type is not known. */
type ColumnsOf<T, V> = unknown extends T ? string : { [P in Path<T>]: Exclude<ValueAt<T, P>, null | undefined> extends V ? P : never }[Path<T>]

/** Partitions made of an instant: by `yearMonthDay` or `date`. */
export interface TimePartition<out C extends string = string> {
  readonly by: 'yearMonthDay' | 'date'
  /** The column that holds the instant; it stays in the files. */
  readonly column: C
  /** The partition columns, in path order. */
  readonly as: readonly string[]
  /** The clocks that say what day it is. */
  readonly timeZone: string
  /** Months and days have two digits in the path. */
  readonly pad: boolean
}

/** A partition made of a hash of a column, by `bucket`. */
export interface BucketPartition<out C extends string = string> {
  readonly by: 'bucket'
  /** The column whose values are hashed; it stays in the files. */
  readonly column: C
  /** The partition column. */
  readonly as: readonly [name: string]
  /** How many buckets there are. */
  readonly count: number
}

/** What has buckets: not booleans, and of numbers whole ones alone, which is checked when the sink opens. */
type Hashed = string | number | Date | Uint8Array

/** What a dataset is divided by: names of columns, which leave the files, days of instants, and buckets, in path order. */
export type PartitionBy<T = unknown> = readonly (
  | ColumnsOf<T, string | number | boolean>
  | TimePartition<ColumnsOf<T, Date>>
  | BucketPartition<ColumnsOf<T, Hashed>>
)[]

/** Settings of `day`. */
export interface DayOptions {
  /** The partition column; by default the column without its `_at`, and `_date`: `created_date` for `created_at`. */
  readonly as?: string
  /** Whose days they are, such as `Europe/Paris`; `UTC` by default. */
  readonly timeZone?: string
}

/** Settings of `yearMonthDay`. */
export interface YearMonthDayOptions {
  /** The three partition columns; `['year', 'month', 'day']` by default. */
  readonly as?: readonly [year: string, month: string, day: string]
  /** Whose days they are, such as `Europe/Paris`; `UTC` by default. */
  readonly timeZone?: string
  /** `month=03` instead of `month=3`; DuckDB then reads text instead of integers. False by default. */
  readonly pad?: boolean
}

/** Settings of `bucket`. */
export interface BucketOptions {
  /** The partition column; by default the column and `_bucket`: `client_id_bucket` for `client_id`. */
  readonly as?: string
}

/** As many as an integer of 32 bits has. */
const MOST_BUCKETS = 2 ** 31 - 1

function checkZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return timeZone
  } catch (cause) {
    throw new TicketsError('OPTION_INVALID', `timeZone is a name such as "Europe/Paris", got ${JSON.stringify(timeZone)}`, { cause })
  }
}

function checkText(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw new TicketsError('OPTION_INVALID', `${what} is a name, got ${JSON.stringify(value)}`)
}

/**
 * Partitions by the day of an instant, one folder a day: `created_date=2026-11-21`, which DuckDB and polars read as a date.
 *
 * @param column an `instant()` column, which stays in the files; one without a value goes to `__HIVE_DEFAULT_PARTITION__`
 * @throws `OPTION_INVALID` for a time zone that does not exist
 * @example
 * day('created_at').as // ['created_date']
 */
export function day<const C extends string>(column: C, options: DayOptions = {}): TimePartition<C> {
  checkText('the column of day()', column)
  const { as = `${column.replace(/_at$/, '')}_date`, timeZone = 'UTC' } = options
  checkText('as of day()', as)
  return { by: 'date', column, as: [as], timeZone: checkZone(timeZone), pad: true }
}

/**
 * Partitions by the day of an instant in three folders: `year=2026/month=11/day=5`, which readers take for integers.
 *
 * @param column an `instant()` column, which stays in the files; one without a value goes to `__HIVE_DEFAULT_PARTITION__`
 * @throws `OPTION_INVALID` for a time zone that does not exist
 * @example
 * parquetSink('data/tickets', { partitionBy: ['request_type', yearMonthDay('created_at')] }) // request_type=billing/year=2026/month=11/day=5/part-…
 */
export function yearMonthDay<const C extends string>(column: C, options: YearMonthDayOptions = {}): TimePartition<C> {
  const { as = ['year', 'month', 'day'], timeZone = 'UTC', pad = false } = options
  checkText('the column of yearMonthDay()', column)
  if (!Array.isArray(as) || as.length !== 3)
    throw new TicketsError('OPTION_INVALID', `as of yearMonthDay() is three names, got ${JSON.stringify(as)}`)
  for (const name of as) checkText('as of yearMonthDay()', name)
  return { by: 'yearMonthDay', column, as: [...as], timeZone: checkZone(timeZone), pad }
}

/**
 * Partitions by a hash of a column, so that a column of many values has a few folders: `client_id_bucket=7`. Equal values are in one bucket, which is that
 * of Iceberg's `bucket[count]` for every sink: the Murmur3 hash of the value, modulo `count`.
 *
 * @param column texts, whole numbers, dates, instants, decimals or bytes, which stay in the files; a row without a value goes to `__HIVE_DEFAULT_PARTITION__`
 * @param count how many buckets there are, from 1
 * @throws `OPTION_INVALID` for a count that is no such number
 * @example
 * bucket('client_id', 16).as // ['client_id_bucket']
 */
export function bucket<const C extends string>(column: C, count: number, options: BucketOptions = {}): BucketPartition<C> {
  checkText('the column of bucket()', column)
  if (!(Number.isInteger(count) && count >= 1 && count <= MOST_BUCKETS))
    throw new TicketsError('OPTION_INVALID', `count of bucket() is a whole number from 1 to ${MOST_BUCKETS}, such as 16, got ${String(count)}`)
  const { as = `${column}_bucket` } = options
  checkText('as of bucket()', as)
  return { by: 'bucket', column, as: [as], count }
}

/** Returns the text by which a log remembers the partitions. Another text means another dataset. */
export function describePartitions(partitionBy: PartitionBy): string {
  return partitionBy
    .map((by) => {
      if (typeof by === 'string') return by
      if (by.by === 'bucket') return `${by.as[0]}(${by.column}, ${by.count})`
      return `${by.as.join('/')}(${[by.column, ...(by.timeZone === 'UTC' ? [] : [by.timeZone]), ...(by.by === 'yearMonthDay' && by.pad ? ['pad'] : [])].join(', ')})`
    })
    .join(', ')
}

/** Throws `OPTION_INVALID` for what is no `partitionBy`, before any schema is known. */
export function checkPartitionBy(partitionBy: PartitionBy): void {
  const isMade = (by: unknown) => typeof by === 'object' && by !== null && 'by' in by && 'as' in by && Array.isArray(by.as)
  const good = Array.isArray(partitionBy) && partitionBy.every((by) => (typeof by === 'string' && by !== '') || isMade(by))
  if (!good)
    throw new TicketsError(
      'OPTION_INVALID',
      `partitionBy is a list of columns, yearMonthDay(column), day(column) and bucket(column, count), got ${JSON.stringify(partitionBy)}`,
    )
}
