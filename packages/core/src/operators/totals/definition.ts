import type { Observer } from 'rxjs'
import * as z from 'zod'
import type { Agg, OutOf } from '../../aggregate/aggregate.ts'
import type { CheckedColumns } from '../../aggregate/column-agg.ts'
import { type ByteSize, byteSize, sizeInWords } from '../../base/byte-size.ts'
import { type Duration, positiveMillis } from '../../base/duration.ts'
import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Batch, Schema } from '../../batch/batch.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import type { Sink } from '../../connectors/sink.ts'
import { makeSchema } from '../../schema/define.ts'
import { isComparable, type Simplify, type ValueAt } from '../../store/field.ts'
import { instant } from '../../values/instant.ts'
import { groupedColumns, groupedName } from '../../window/schema.ts'

/** A row that `runningTotals` emits: the key, the aggregates, the largest event time of the key's rows, and a number that grows from one row of a key to the next. */
export type TotalsRow<T, K extends string, A> = Simplify<
  { [P in K as P extends keyof T ? never : P]: ValueAt<T, P> } & Pick<T, K & keyof T> & OutOf<A, T> & { updated_at: Date; revision: number }
>

/** Settings of `runningTotals`. */
export interface TotalsOptions<T, K extends string, A> {
  /** The columns of the key, or paths to members of nested ones. Over several partitions the source must be `keyedBy` some of them. */
  by: K | readonly K[]
  /** Output column → aggregate. */
  aggregate: A & CheckedColumns<T, A>
  /**
   * The event time after its last row when a key is forgotten: `watermark > last + ttl`. Its next row begins anew. A row for which the watermark has passed
   * both its own time and the key's last by more than this is late. Always kept by default, and then no row is late.
   */
  ttl?: Duration
  /** The most bytes of state in each task, such as `'4 GB'`; `'1 GB'` by default. Beyond it the pipeline stops before the record, and loses nothing. */
  stateLimit?: ByteSize
  /** Where late rows go; the pipeline's `late` by default. An observer, such as a Subject, gets them at least once, and works without a pipeline. */
  late?: Sink<LateRow> | Pick<Observer<Batch<LateRow>>, 'next'>
  /** The name within the flow, needed where that has more than one; `runningTotals` by default. A restart finds the state by this name. */
  id?: string
}

/** A row that `runningTotals` emits over a table: the same, with nulls for aggregates of a group without rows, whose row is `gone`. */
export type TableTotalsRow<T, K extends string, A> = Simplify<
  { [P in K as P extends keyof T ? never : P]: ValueAt<T, P> } & Pick<T, K & keyof T> & { [N in keyof OutOf<A, T>]: OutOf<A, T>[N] | null } & {
      updated_at: Date
      revision: number
      gone: boolean
    }
>

/** Settings of `runningTotals` over a table. */
export interface TableTotalsOptions<T, K extends string, A> extends Omit<TotalsOptions<T, K, A>, 'ttl' | 'late'> {
  /**
   * The rows are versions of the rows of a table: `key` has the columns that tell these apart, and where the boolean column `deleted` is true the row is gone
   * from its event time on. Each row counts as it stands. A `tableOf` or `kafkaTable` says both.
   */
  table: { readonly key: (keyof T & string) | readonly (keyof T & string)[]; readonly deleted?: string | null }
}

/** A checked `runningTotals` with all defaults filled in. */
export interface TotalsDefinition {
  readonly by: readonly string[]
  readonly aggregate: Readonly<Record<string, Agg<unknown, unknown>>>
  readonly id: string
  /** In milliseconds; Infinity without one. */
  readonly ttl: number
  /** In bytes. */
  readonly stateLimit: number
  /** Null where each row counts, and not as it stands in a table. */
  readonly table: { readonly key: readonly string[]; readonly deleted: string | null } | null
  readonly lateSink: Sink<LateRow> | undefined
  readonly lateObserver: Pick<Observer<Batch<LateRow>>, 'next'> | undefined
  /** For the pipeline's fingerprint: a change of these changes what the state means. */
  readonly fingerprint: Json
}

/** The names of its own columns, which no key and no aggregate may have. */
const reserved = ['updated_at', 'revision'] as const
/** And those of totals over a table. */
const reservedOfTables = [...reserved, 'gone'] as const

type AnyOptions = TotalsOptions<Record<string, unknown>, string, Record<string, Agg<unknown, unknown>>> &
  Partial<Pick<TableTotalsOptions<Record<string, unknown>, string, unknown>, 'table'>>

/** Returns the definition of a `runningTotals`. Throws `OPTION_INVALID`. */
export function defineTotals(options: AnyOptions): TotalsDefinition {
  const { aggregate, late, stateLimit = '1 GB', id = 'runningTotals' } = options
  const by = typeof options.by === 'string' ? [options.by] : [...options.by]
  if (by.length === 0) throw new TicketsError('OPTION_INVALID', `"${id}" needs the columns of its key in \`by\`, got none`)
  if (new Set(by).size < by.length) throw new TicketsError('OPTION_INVALID', `a column stands twice in the key of "${id}": ${by.join(', ')}`)
  const ttl = options.ttl === undefined ? Number.POSITIVE_INFINITY : positiveMillis(options.ttl, 'ttl')
  const table = options.table === undefined ? null : tableFor(options.table, id)
  if (table && options.ttl !== undefined)
    throw new TicketsError('OPTION_INVALID', `"${id}" counts the rows of a table, which has no ttl: delete the rows, or leave \`table\` out`)
  const isSink = late !== undefined && 'open' in late
  const aggregates = Object.entries(aggregate).map(([name, agg]) => [name, agg.options ?? null] as const)
  return {
    by,
    aggregate,
    id,
    ttl,
    stateLimit: byteSize(stateLimit, 'stateLimit'),
    table,
    lateSink: isSink ? (late as Sink<LateRow>) : undefined,
    lateObserver: isSink ? undefined : (late as Pick<Observer<Batch<LateRow>>, 'next'> | undefined),
    fingerprint: { by, aggregate: aggregates, ...(Number.isFinite(ttl) ? { ttl } : {}), ...(table ? { table } : {}) },
  }
}

function tableFor({ key, deleted = null }: NonNullable<AnyOptions['table']>, id: string): NonNullable<TotalsDefinition['table']> {
  const columns = typeof key === 'string' ? [key] : [...key]
  if (columns.length === 0) throw new TicketsError('OPTION_INVALID', `"${id}" needs the columns of its table's key in \`table.key\`, got none`)
  return { key: columns, deleted }
}

/** Throws `STATE_LIMIT` where the state of so many keys is larger than allowed. */
export function checkLimit({ id, stateLimit, ttl, table }: TotalsDefinition, bytes: number, keys: number): void {
  if (bytes <= stateLimit) return
  const fewer = table ? 'delete rows of the table' : `${Number.isFinite(ttl) ? 'shorten its ttl' : 'give it a ttl'}, group by fewer keys`
  throw new TicketsError(
    'STATE_LIMIT',
    `"${id}" holds ${sizeInWords(bytes)} for ${keys} keys, more than its stateLimit of ${sizeInWords(stateLimit)}: raise stateLimit if the memory is there, ${fewer}, or divide the source into more partitions; nothing is lost, and the next start continues from the last record`,
  )
}

/** Returns the schema of the rows that a `runningTotals` emits: key, aggregates, `updated_at`, `revision`. Throws `OPTION_INVALID`. */
export function totalsSchema(
  input: Schema<unknown>,
  { by, aggregate, table }: Pick<TotalsDefinition, 'by' | 'aggregate' | 'table'>,
): Schema<Record<string, unknown>> {
  const { keys, results } = groupedColumns(input, { operator: 'runningTotals', reserved: table ? reservedOfTables : reserved }, by, aggregate)
  if (table) checkTable(input, table)
  // A group without rows has no results.
  const shown = table ? Object.fromEntries(Object.entries(results).map(([name, type]) => [name, z.nullable(type as z.ZodType)])) : results
  const columns = { ...keys, ...shown, updated_at: instant(), revision: z.int32(), ...(table ? { gone: z.boolean() } : {}) }
  return makeSchema(z.object(columns), { name: groupedName(input, 'totals', by), version: input.version, time: 'updated_at' }, by)
}

function checkTable({ name, fields }: Schema<unknown>, { key, deleted }: NonNullable<TotalsDefinition['table']>): void {
  const wrong = key.find((column) => !isComparable(fields.find((field) => field.name === column)?.kind ?? 'json'))
  if (wrong !== undefined)
    throw new TicketsError('OPTION_INVALID', `the key of a table is a column with single values of ${name}, got ${JSON.stringify(wrong)}`)
  if (deleted !== null && fields.find((field) => field.name === deleted)?.kind !== 'boolean')
    throw new TicketsError('OPTION_INVALID', `\`table.deleted\` is a boolean column of ${name}, got ${JSON.stringify(deleted)}`)
}
