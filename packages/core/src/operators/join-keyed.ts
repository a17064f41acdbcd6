import type { OperatorFunction } from 'rxjs'
import * as z from 'zod'
import { type Duration, millis } from '../base/duration.ts'
import { TicketsError } from '../base/errors.ts'
import { positiveInteger } from '../base/positive-integer.ts'
import { zodDefinition, zodShape } from '../base/zod-definition.ts'
import type { Batch, Schema } from '../batch/batch.ts'
import type { KeyedTable } from '../connectors/joined/keyed-table.ts'
import { schemaExtension } from './extend-schema.ts'
import { checkLookup, refuseWindows, reportLate, requireScope } from './join/lookup.ts'
import { type SavedTemporalJoin, type TemporalDefinition, TemporalJoin } from './join/temporal-join.ts'
import { guardOf, operate } from './operate.ts'

/** Settings of `joinTable` with a table that follows a source. */
export interface JoinKeyedTableOptions<K extends string, C extends string> {
  /** The column whose value is looked up. */
  on: K
  /** The table's columns to add. One of the same name is replaced. */
  columns: readonly C[]
  /** `left`, the default: the columns are null where the table has no row. `inner`: such rows are dropped. */
  kind?: 'left' | 'inner'
  /**
   * `asOf`, the default: a row sees the table as of its own event time, and waits until the table's watermark has passed that, so that a replay sees the same.
   * `newest`: it sees the newest version that was read by then, and waits for none; the table is read to its current end first.
   */
  version?: 'asOf' | 'newest'
  /**
   * `arrival`, the default: a row leaves as soon as the table's watermark has passed it. `time`: rows leave in the order of their event times, for operators
   * that depend on it, such as `keyedOperator` and `dedupe`.
   */
  order?: 'arrival' | 'time'
  /** How far behind its partition's watermark a row or version may be before it is late; 0 by default. */
  grace?: Duration
  /** The most rows and versions that each task holds, 10,000,000 by default. More of them stop the pipeline before the record, rather than exhaust its memory. */
  maxRows?: number
  /** The name within the flow, needed where that has more than one; `joinTable` by default. */
  id?: string
}

/** The settings of a join whose types were checked by the caller. */
export type AnyKeyedJoinOptions = JoinKeyedTableOptions<string, string>

/** Joins with a table that follows a source, as of the event time of each row. */
export function joinKeyed(table: KeyedTable<unknown>, options: AnyKeyedJoinOptions): OperatorFunction<Batch<never>, Batch<unknown>> {
  const { schema } = table.source
  const definition = defineTemporal(table, options)
  const { id, on, columns, isInner, seesNewest, inTimeOrder, grace } = definition
  const extend = schemaExtension<never, unknown>(`with_${columns.join('_')}`.replace(/[^\w-]/g, '_'), addedShape(schema, columns, isInner))
  return operate<Batch<never>, Batch<unknown>>((out, anyScope) => {
    const scope = requireScope(anyScope, id)
    const guard = guardOf(out)
    const join = new TemporalJoin<never, unknown>(definition, schema, extend, (batch) => out.next(batch))
    const { partitions, idleTimeout } = table
    const versions = scope.input(table.source, { partitions, readFirst: seesNewest, ...(idleTimeout === null ? {} : { idleTimeout }) })
    const reading = versions.subscribe((batch) =>
      guard(() => (batch.length === 0 ? join.startTable(batch) : reportLate(scope, id, batch, join.versions(batch)))),
    )
    let isStarted = false
    return {
      next(batch) {
        if (isStarted) return reportLate(scope, id, batch, join.rows(batch))
        isStarted = true
        refuseWindows(scope, id)
        checkLookup(batch.schema, on)
        const replaced = columns.find((name) => name === batch.schema.time)
        if (replaced)
          throw new TicketsError('OPTION_INVALID', `"${id}" would replace the event time "${replaced}" of the rows: leave it out of \`columns\``)
        join.start(batch)
      },
      ready() {
        scope.describe('joinTable', { on, columns: [...columns], table: table.source.name, isInner, seesNewest, inTimeOrder, grace })
        if (partitions === 'same') scope.requires(id, { keyedBy: [on], joins: { source: table.source, keyedBy: [table.key] } })
        scope.join({
          id,
          version: 1,
          timeline: join,
          release: () => guard(() => join.release()),
          rangeEnd: () => {},
          snapshot: (whole) => join.snapshot(whole),
          restore: (saved) => join.restore(saved as SavedTemporalJoin),
        })
      },
      unsubscribe: () => reading.unsubscribe(),
    }
  })
}

function defineTemporal(table: KeyedTable<unknown>, options: AnyKeyedJoinOptions): TemporalDefinition {
  const { on, columns, kind = 'left', version = 'asOf', order = 'arrival', grace = 0, maxRows = 10_000_000, id = 'joinTable' } = options
  const { name, fields } = table.source.schema
  const missing = columns.find((column) => !fields.some((field) => field.name === column))
  if (columns.length === 0 || missing !== undefined)
    throw new TicketsError(
      'OPTION_INVALID',
      `"${id}" adds columns of ${name}, which has ${fields.map((field) => field.name).join(', ')}; got ${JSON.stringify(missing ?? columns)}`,
    )
  if (kind !== 'left' && kind !== 'inner') throw new TicketsError('OPTION_INVALID', `kind is 'left' or 'inner', got ${JSON.stringify(kind)}`)
  if (version !== 'asOf' && version !== 'newest')
    throw new TicketsError('OPTION_INVALID', `version is 'asOf' or 'newest', got ${JSON.stringify(version)}`)
  if (order !== 'arrival' && order !== 'time') throw new TicketsError('OPTION_INVALID', `order is 'arrival' or 'time', got ${JSON.stringify(order)}`)
  return {
    ...{ id, on, columns, key: table.key, deleted: table.deleted, grace: millis(grace, 'grace'), maxRows: positiveInteger(maxRows, 'maxRows') },
    isInner: kind === 'inner',
    seesNewest: version === 'newest',
    inTimeOrder: order === 'time',
  }
}

/** Returns the types of the columns that rows get; nullable where the table may have no row. */
export function addedShape(schema: Schema<unknown>, columns: readonly string[], isInner: boolean): Record<string, z.ZodType> {
  const shape = zodShape(schema.zod)
  return Object.fromEntries(columns.map((name) => [name, isInner ? (shape[name] as z.ZodType) : orNull(shape[name] as z.ZodType)]))
}

/** Returns a type that null is of too; the same where it can be without a value already. */
export const orNull = (type: z.ZodType): z.ZodType => (['optional', 'nullable'].includes(zodDefinition(type).type) ? type : z.nullable(type))
