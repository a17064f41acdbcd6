import type { OperatorFunction } from 'rxjs'
import type { Agg } from '../aggregate/aggregate.ts'
import { isBuiltIn } from '../aggregate/built-in.ts'
import { TicketsError } from '../base/errors.ts'
import { harmless } from '../base/log/harmless.ts'
import { type Batch, internals } from '../batch/batch.ts'
import type { LateRow } from '../connectors/late-row.ts'
import type { Scope } from '../dataflow/scope.ts'
import type { Path } from '../store/field.ts'
import { PartitionClock } from '../time/watermark.ts'
import { claimWindows, type Late } from '../window/engine/late.ts'
import { guardOf, operate } from './operate.ts'
import { refuseWithoutScope } from './stateful-operator.ts'
import {
  defineTotals,
  type TableTotalsOptions,
  type TableTotalsRow,
  type TotalsDefinition,
  type TotalsOptions,
  type TotalsRow,
  totalsSchema,
} from './totals/definition.ts'
import { TableTotalsRun } from './totals/table/table-run.ts'
import { TotalsOutput } from './totals/totals-output.ts'
import { type Totals, TotalsRun } from './totals/totals-run.ts'
import { lateRows } from './windowed/late-rows.ts'
import { windowMarks } from './windowed/window-marks.ts'

/** Whether an aggregate of the user's sees whole batches. */
const mayKeep = (agg: Agg<never, unknown>) => !isBuiltIn(agg) && agg.columnar !== undefined && agg.addRows === undefined

/**
 * Keeps the aggregates of groups of the rows of a table, each as it stands: the version with the latest event time, of two with one time the later read. Emits
 * those that changed. The last total of a group equals `GROUP BY` over the table. A group without rows is emitted once with `gone`; sinks with `deleteWhen:
 * 'gone'` delete its row.
 *
 * Rows of one group, and versions of one key, must share a partition. Counts, sums and means give back a row that leaves its group. For other
 * aggregates the group is counted anew, once a range, so that a change costs as much as the rows of its group.
 *
 * @throws as over rows; `OPTION_INVALID` also for a key that is no single value, and a `deleted` that is no boolean column
 * @example
 * plans.pipe(runningTotals({ table: { key: 'client_id', deleted: 'deleted' }, by: 'plan', aggregate: { clients: count() } }))
 * // { plan: 'gold', clients: 12, updated_at: Date 12:04:07, revision: 8, gone: false }
 */
export function runningTotals<
  T,
  const K extends Path<T>,
  A extends Record<string, Agg<T, unknown>> & { [N in 'updated_at' | 'revision' | 'gone']?: never },
>(options: TableTotalsOptions<T, K, A>): OperatorFunction<Batch<T>, Batch<TableTotalsRow<T, K, A>>>
/**
 * Keeps the aggregates of each key over all of its rows so far, and emits those that changed: in a pipeline once a range, outside of one after each batch.
 *
 * Into a table with a key each row replaces the one before it, so that the table equals `GROUP BY` over the rows read. The key is `by`, without a word to the
 * sink. Rows with one key must share a partition. State is held in columns, written as what changed, and limited by `stateLimit`.
 *
 * @throws `OPTION_INVALID` for unknown columns, reserved names, and over several partitions that are not keyed by `by`; as the flow's error
 * `WATERMARK_LOST` when rows come without their watermarks, `STATE_LIMIT` when the state is larger than allowed
 * @example
 * payments.pipe(runningTotals({ by: 'card', aggregate: { payments: count(), paid: sum('amount') } }))
 * // { card: '4711', payments: 3, paid: 42, updated_at: Date 12:04:07, revision: 8 }
 */
export function runningTotals<T, const K extends Path<T>, A extends Record<string, Agg<T, unknown>> & { [N in 'updated_at' | 'revision']?: never }>(
  options: TotalsOptions<T, K, A>,
): OperatorFunction<Batch<T>, Batch<TotalsRow<T, K, A>>>
export function runningTotals<T, const K extends Path<T>, A extends Record<string, Agg<T, unknown>>>(
  options: TotalsOptions<T, K, A>,
): OperatorFunction<Batch<T>, Batch<TotalsRow<T, K, A>>> {
  const definition = defineTotals(options as never)
  const { id, by, table, lateSink, fingerprint } = definition
  return operate<Batch<T>, Batch<TotalsRow<T, K, A>>>(
    (out, scope) => {
      const clock = new PartitionClock(0)
      const guard = guardOf(out)
      const late = lateOutput(definition, scope)
      let run: Totals | null = null
      const started = () => run as Totals
      const show = () => guard(() => run?.show())
      const stateful = {
        id,
        version: 1,
        rangeEnd(probe: boolean) {
          if (!probe) show()
        },
        advance: show,
        snapshot: () => null,
        restore() {
          throw new TicketsError('OPERATOR_STATE', `the state of "${id}" was written by another operator: run that one, or start over with a new log`)
        },
        rolling: { snapshot: () => started().snapshot(), restore: (bytes: Uint8Array) => started().restore(bytes) },
      }
      const start = (batch: Batch<T>): Totals => {
        claimWindows(batch, id)
        const schema = totalsSchema(batch.schema, definition)
        const trace = scope?.personal
        const marks = trace && windowMarks(definition, trace.marksOf(batch), schema)
        if (trace && marks) {
          trace.remembers(id, marks.memory)
          trace.late(id, trace.marksOf(batch))
        }
        const end = {
          origin: scope ? ('task' as const) : ('hand' as const),
          next: (rows: Batch<Record<string, unknown>>) => out.next(rows as never),
          refuse(refused: Parameters<Scope['refused']>[0]) {
            if (scope) return scope.refused(refused)
            throw new TicketsError(
              'RESULT_REFUSED',
              `${refused[0]?.reason}. Without a pipeline there are no dead letters: aggregate a column of wider numbers, z.number()`,
            )
          },
        }
        // Each row of a key is one more of the same, so an aggregate of them would count twice.
        const windowOrigin = { delay: 0, updates: true, claim: () => {} }
        const output = new TotalsOutput(id, schema, by.length, end, {
          windowOrigin,
          ...(marks && { personal: { zod: schema.zod, marks: marks.rows } }),
        })
        output.emit(Number.NEGATIVE_INFINITY)
        if (scope?.inMergeStage) scope.moveToMergeStage(stateful)
        return table ? new TableTotalsRun({ ...definition, table }, batch.schema, output) : new TotalsRun(definition, batch.schema, output)
      }
      return {
        next(batch) {
          if (!scope) refuseWithoutScope(batch, id)
          run ??= start(batch)
          if (batch.length === 0) return
          const isStamped = scope !== null || internals.metadata(batch)?.windowOrigin !== undefined
          const stamped = isStamped ? batch : clock.stamp(batch)
          late(stamped, run.rows(stamped))
          if (!scope) run.show()
        },
        ready() {
          scope?.lateSink(id, lateSink)
          scope?.describe('runningTotals', fingerprint)
          scope?.requires(id, { keyedBy: table ? by.filter((name) => table.key.includes(name)) : by })
          scope?.stateful(stateful)
        },
      }
    },
    { keeps: Object.values(definition.aggregate).some(mayKeep) },
  )
}

/** Returns what takes late rows: the observer of the options, and the scope. */
function lateOutput({ id, lateObserver }: TotalsDefinition, scope: Scope | null): (batch: Batch<unknown>, late: readonly Late[]) => void {
  const observe = lateObserver && harmless(`the late observer of "${id}"`, lateObserver, (rows: Batch<LateRow>) => lateObserver.next(rows))
  return (batch, late) => {
    if (late.length === 0) return
    const rows = lateRows({ flow: scope?.flow ?? '', partition: scope?.partition ?? '' }, id, batch, late)
    observe?.(rows)
    scope?.late(id, rows)
  }
}
