import { type Duration, positiveMillis } from '../../base/duration.ts'
import { TicketsError } from '../../base/errors.ts'
import type { Schema } from '../../batch/batch.ts'
import { isComparable } from '../../store/field.ts'
import type { Source } from '../source.ts'

/** How a table is read. */
export interface KeyedTableOptions<Row, K extends keyof Row & string> {
  /** The column of its key. */
  readonly key: K
  /**
   * `same`, the default: a task reads the partition of the table with the number of its own, so the table's topic has as many partitions as the rows' and
   * both are keyed alike. `all`: each task reads and holds the whole table.
   */
  readonly partitions?: 'same' | 'all'
  /** The boolean column that says that a row is gone. */
  readonly deleted?: keyof Row & string
  /** How long the table may be without changes before rows no longer wait for its watermark; the pipeline's `idleTimeout` by default. */
  readonly idleTimeout?: Duration
}

/** A table that follows a source: each of its rows is a version of its key from the row's event time on. `tableOf` and `kafkaTable` make it. */
export interface KeyedTable<Row, K extends string = string> {
  /** Gives the versions. Its event time is when a version begins. */
  readonly source: Source<Row, never>
  readonly key: K
  readonly partitions: 'same' | 'all'
  readonly deleted: string | null
  /** In milliseconds; null: the pipeline's. */
  readonly idleTimeout: number | null
}

/**
 * Returns a table that follows a source: of each key the rows by their event time. `joinTable` looks rows up in it.
 *
 * @throws `OPTION_INVALID` for a key that is no single value, and a `deleted` that is no boolean column
 * @example
 * tableOf(jsonLines('plans.jsonl', { schema: Plan, complete: true }), { key: 'client_id', partitions: 'all' }).key // 'client_id'
 */
export function tableOf<Row, const K extends keyof Row & string, P>(source: Source<Row, P>, options: KeyedTableOptions<Row, K>): KeyedTable<Row, K> {
  const { key, partitions = 'same', deleted, idleTimeout } = options
  const { fields, name, time }: Schema<Row> = source.schema
  const field = fields.find((one) => one.name === key)
  if (!field || !isComparable(field.kind))
    throw new TicketsError('OPTION_INVALID', `the key of a table is a column with single values of ${name}, got ${JSON.stringify(key)}`)
  if (deleted !== undefined && fields.find((one) => one.name === deleted)?.kind !== 'boolean')
    throw new TicketsError('OPTION_INVALID', `\`deleted\` is a boolean column of ${name}, got ${JSON.stringify(deleted)}`)
  if (time === '')
    throw new TicketsError(
      'OPTION_INVALID',
      `rows of ${name} have no event time, so a table cannot tell its versions apart: give the schema a \`time\``,
    )
  return {
    source: source as Source<Row, never>,
    key,
    partitions,
    deleted: deleted ?? null,
    idleTimeout: idleTimeout === undefined ? null : positiveMillis(idleTimeout, 'idleTimeout'),
  }
}
