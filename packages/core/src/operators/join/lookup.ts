import { TicketsError } from '../../base/errors.ts'
import type { Batch, Schema } from '../../batch/batch.ts'
import { pathReaders } from '../../batch/paths.ts'
import type { ColumnReader } from '../../batch/record-batch.ts'
import type { Scope } from '../../dataflow/scope.ts'
import { isComparable } from '../../store/field.ts'
import type { Late } from '../../window/engine/late.ts'
import { lateRows } from '../windowed/late-rows.ts'

/** What a row is looked up by. */
export type JoinKey = string | number | boolean

/** Refuses a column that has no single values to look up. Throws `OPTION_INVALID`. */
export function checkLookup({ fields, name }: Schema<unknown>, on: string): void {
  const field = fields.find((one) => one.name === on)
  if (!field) throw new TicketsError('OPTION_INVALID', `${name} has no column "${on}" to join on; it has ${fields.map((one) => one.name).join(', ')}`)
  if (!isComparable(field.kind))
    throw new TicketsError(
      'OPTION_INVALID',
      `a join looks up single values, "${on}" is of kind ${field.kind}: make a column of one of its values with mapRows`,
    )
}

/** Returns a reader of the values of a column. */
export const readerOf = (batch: Batch<unknown>, name: string): ((i: number) => unknown) => (pathReaders(batch, [name])[0] as ColumnReader).read

/** Returns what a value is looked up by; null for none, which matches nothing. */
export function joinKey(value: unknown): JoinKey | null {
  if (value === null || value === undefined) return null
  return value instanceof Date ? value.getTime() : (value as JoinKey)
}

/** Returns the scope that a join runs in. Throws `OPERATOR_SCOPE` outside of a pipeline. */
export function requireScope(scope: Scope | null, id: string): Scope {
  if (scope) return scope
  throw new TicketsError(
    'OPERATOR_SCOPE',
    `"${id}" reads another source, so it works inside of a pipeline only: test it with the Harness of the test kit`,
  )
}

/** Refuses to join windows, which the merge makes of all partitions. Throws `OPTION_INVALID`. */
export function refuseWindows(scope: Scope, id: string): void {
  if (scope.inMergeStage)
    throw new TicketsError(
      'OPTION_INVALID',
      `"${id}" of flow "${scope.flow}" joins windows, which are put together of all partitions, while each task reads its own of the other source: join before the windowed`,
    )
}

/** Stops before a join fills the memory. Throws `STATE_LIMIT`. */
export function checkHeld(id: string, held: number, most: number): void {
  if (held <= most) return
  throw new TicketsError(
    'STATE_LIMIT',
    `"${id}" holds ${held} rows and versions, more than the ${most} allowed: one side may be far behind the other in event time. Let it catch up, give a table that seldom changes a shorter idleTimeout, join within less time, or raise maxRows`,
  )
}

/** Gives late rows to whom they concern. */
export function reportLate(scope: Scope, id: string, batch: Batch<unknown>, late: readonly Late[]): void {
  if (late.length > 0) scope.late(id, lateRows(scope, id, batch, late))
}
