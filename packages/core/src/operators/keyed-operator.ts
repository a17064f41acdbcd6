import type { OperatorFunction } from 'rxjs'
import { type Batch, internals, type Schema } from '../batch/batch.ts'
import type { Path } from '../store/field.ts'
import { allAs, joinMarks, marksAt } from '../store/personal-marks.ts'
import { PartitionClock } from '../time/watermark.ts'
import { claimWindows, requireOrder } from '../window/engine/late.ts'
import { defineKeyed, type KeyedOptions } from './keyed/definition.ts'
import { KeyedOutput } from './keyed/keyed-output.ts'
import { KeyedRun } from './keyed/keyed-run.ts'
import { guardOf, operate } from './operate.ts'
import { refuseWithoutScope } from './stateful-operator.ts'

/**
 * Calls your functions for each row with the state of the row's key, and for each timer that they set: for patterns, time-outs and totals of your own.
 *
 * Rows come in the order of reading, late ones too. A timer fires once, when the watermark of the partition passes its time, after the row that moved it.
 * State and timers are part of the pipeline's records, so what comes out depends on neither batches nor restarts. Rows with one key must share a
 * partition. After a `windowed` it takes each window once, when every task has closed it.
 *
 * @param schema of the rows that it emits
 * @throws `OPTION_INVALID` for a key that the rows lack, and over several partitions that are not keyed by it; as the flow's error
 * `WATERMARK_LOST` when rows come without their watermarks, `STATE_LIMIT` when more keys or timers are held than allowed, `OPERATOR_STATE` for a state
 * that is not JSON
 * @example
 * payments.pipe(keyedOperator(Alert, { by: 'card', init: () => ({ failures: 0 }), ttl: '1 hour', onRow(payment, context) {
 *   if (payment.status === 'failed' && ++context.state.failures === 3) context.emit({ card: payment.card, at: payment.at })
 * } })) // { card: '4711', at: Date 12:04:07 }
 */
export function keyedOperator<T, const K extends Path<T>, S, B>(
  schema: Schema<B>,
  options: KeyedOptions<T, K, S, B>,
): OperatorFunction<Batch<T>, Batch<B>> {
  const definition = defineKeyed<S>({ name: schema.name, version: schema.version }, options as never)
  const { by, id, version, fingerprint } = definition
  return operate<Batch<T>, Batch<B>>((out, scope) => {
    const output = new KeyedOutput<B>(schema, scope ? 'task' : 'hand', (batch) => out.next(batch))
    const run = new KeyedRun<S, B>(definition, output)
    const clock = new PartitionClock(0)
    /** How far the rows that arrive are behind their watermarks, in milliseconds; 0 unless they are windows. */
    let delay = 0
    let isStarted = false
    const guard = guardOf(out)
    const advance = (watermark: number, expires: boolean) =>
      guard(() => (watermark === Number.POSITIVE_INFINITY ? run.end() : run.advance(watermark - delay, expires)))
    const stateful = {
      id,
      version,
      rangeEnd(probe: boolean, watermark: number) {
        if (!probe) advance(watermark, true)
      },
      // How far this lies between two windows depends on how the tasks run, so it makes no state too old.
      advance: (frontier: number) => advance(frontier, false),
      snapshot: (whole: boolean) => run.snapshot(whole),
      restore: (snapshot: Parameters<typeof run.restore>[0], writtenBy: number) => run.restore(snapshot, writtenBy),
    }
    /** The key stands in the state as it came; what else is in there is the user's own code. */
    const noteMarks = (batch: Batch<T>) => {
      const marks = scope?.personal?.marksOf(batch)
      if (marks) scope?.personal?.remembers(id, joinMarks([allAs(marks, 'unknown'), marksAt(marks, ...by)]))
    }
    const start = (batch: Batch<T>) => {
      isStarted = true
      requireOrder(batch, id)
      const origin = claimWindows(batch, id)
      delay = origin?.delay ?? 0
      output.carried = internals.metadata(batch) ?? {}
      noteMarks(batch)
      run.start(batch)
      if (scope?.inMergeStage) scope.moveToMergeStage(stateful)
    }
    return {
      next(batch) {
        if (!scope) refuseWithoutScope(batch, id)
        if (!isStarted) start(batch)
        if (batch.length === 0) return output.emit()
        const isStamped = scope !== null || internals.metadata(batch)?.windowOrigin !== undefined
        run.rows(isStamped ? batch : clock.stamp(batch))
        if (!isStamped) run.advance(clock.watermark, true)
      },
      complete: () => run.end(),
      ready() {
        scope?.describe('keyedOperator', fingerprint)
        scope?.requires(id, { keyedBy: by })
        scope?.stateful(stateful)
      },
    }
  })
}
