import type { OperatorFunction } from 'rxjs'
import type { $ZodType, output } from 'zod/v4/core'
import type { Batch } from '../batch/batch.ts'
import type { KeyedTable } from '../connectors/joined/keyed-table.ts'
import type { Simplify } from '../store/field.ts'
import { type AnyKeyedJoinOptions, type JoinKeyedTableOptions, joinKeyed } from './join-keyed.ts'
import { type AnyTable, type JoinTableOptions, joinMap, type Table } from './join-map.ts'

/** What a row becomes: with columns of the table, which are null where that has no row. */
type Joined<T, Row, C extends keyof Row, Kind> = Simplify<Omit<T, C> & { [N in C]: Kind extends 'inner' ? Row[N] : Row[N] | null }>

/**
 * Adds the columns that a table has for a row's key, as of the row's event time: such as the segment that a client had then. Versions of the table, and rows
 * that wait for its watermark, are part of the pipeline's records, so a replay sees the same table.
 *
 * A row leaves when the table's watermark has passed it; the table's `idleTimeout` says how long one without changes is waited for. Rows that come later
 * than their own partition's watermark less `grace` are late: they are counted, and dropped.
 *
 * @throws `OPTION_INVALID` for columns that rows or table lack, and where their partitions do not fit together; as the flow's error `OPERATOR_SCOPE` outside of
 * a pipeline
 * @example
 * const plans = kafkaTable({ schema: Plan, topic: 'plans', key: 'client_id', brokers })
 * tickets.pipe(joinTable(plans, { on: 'client_id', columns: ['plan'] })) // { …, plan: 'gold' }
 */
export function joinTable<
  T,
  Row,
  TableKey extends keyof Row & string,
  const K extends keyof T & string,
  const C extends keyof Row & string,
  const Kind extends 'left' | 'inner' = 'left',
>(
  table: KeyedTable<Row, TableKey>,
  options: JoinKeyedTableOptions<K, C> & { kind?: Kind },
): OperatorFunction<Batch<T>, Batch<Joined<T, Row, C, Kind>>>
/**
 * Adds the columns that a table in memory has for a row's key, such as a product's name. They are null where the table has no row.
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
  options: JoinTableOptions<K, S>,
): OperatorFunction<Batch<T>, Batch<Simplify<Omit<T, keyof S> & { [C in keyof S]: output<S[C]> | null }>>>
export function joinTable(
  table: KeyedTable<unknown> | AnyTable,
  options: JoinTableOptions<string, Record<string, $ZodType>> | AnyKeyedJoinOptions,
): OperatorFunction<Batch<never>, Batch<unknown>> {
  return 'source' in table
    ? joinKeyed(table, options as AnyKeyedJoinOptions)
    : joinMap(table, options as JoinTableOptions<string, Record<string, $ZodType>>)
}
