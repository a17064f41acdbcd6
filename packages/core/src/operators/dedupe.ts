import type { OperatorFunction } from 'rxjs'
import { type Duration, positiveMillis } from '../base/duration.ts'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { type Batch, internals } from '../batch/batch.ts'
import type { Path } from '../store/field.ts'
import { marksAt } from '../store/personal-marks.ts'
import { eventTimes } from '../time/event-time.ts'
import { PartitionClock } from '../time/watermark.ts'
import { requireOrder, requireWatermarks } from '../window/engine/late.ts'
import { TimedKeys } from '../window/engine/timed-keys.ts'
import { filterBatch } from './filter-rows.ts'
import { operate } from './operate.ts'
import { refuseWithoutScope } from './stateful-operator.ts'

/** Settings of `dedupe`. */
export interface DedupeOptions<K extends string> {
  /** The columns that make two rows the same. */
  key: K | readonly K[]
  /** The event time within which two rows of one key are the same row; greater than 0. It bounds what is remembered. */
  within: Duration
  /** The name within the flow, needed where that has more than one; `dedupe` by default. A restart finds the state by this name. */
  id?: string
  /** The most times remembered in each task; 10,000,000 by default. */
  maxKeys?: number
}

/**
 * Drops a row when another one of its key, less than `within` of event time before or after it, has passed already. The row read first stays.
 *
 * Each task sees its own partition only. It finds repeats that share a partition, such as those of a producer that sends twice. A row that is `within`
 * or more behind the watermark of its partition passes unchecked, since the rows it could repeat are forgotten.
 *
 * @throws `OPTION_INVALID` for a `within` of 0 or less; as the flow's error `WATERMARK_LOST` when rows come without their watermarks,
 * `STATE_LIMIT` when more times are remembered than allowed
 * @example
 * tickets.pipe(dedupe({ key: 'ticket_id', within: '1 hour' })) // each ticket once, however often it was sent within the hour
 */
export function dedupe<T, const K extends Path<T>>(options: DedupeOptions<K>): OperatorFunction<Batch<T>, Batch<T>> {
  const { id = 'dedupe', maxKeys = 10_000_000 } = options
  const key: readonly string[] = typeof options.key === 'string' ? [options.key] : (options.key as readonly K[])
  const within = positiveMillis(options.within, 'within')
  if (key.length === 0) throw new TicketsError('OPTION_INVALID', 'dedupe needs the columns that make two rows the same, got none')
  return operate<Batch<T>, Batch<T>>((out, scope) => {
    const known = new TimedKeys(key, maxKeys)
    const clock = new PartitionClock(0)
    const keep = (batch: Batch<T>) => {
      const watermarks = requireWatermarks(batch)
      const time = eventTimes(batch)
      const keys = known.reader(batch)
      const kept = filterBatch(batch, (i) => {
        const [t, forgotten] = [time(i), (watermarks[i] as number) - within]
        // A time that the watermark has passed does not count even while it is in memory: else the result would depend on when it is freed.
        if (t <= forgotten) return true
        const times = known.times(keys.idOf(i))
        if (times.some((other) => other > forgotten && Math.abs(other - t) < within)) return false
        known.add(keys.idOf(i), t)
        return true
      })
      const last = watermarks.at(-1)
      if (last !== undefined) known.forget(last - within)
      return kept
    }
    const stateful = {
      id,
      version: 1,
      rangeEnd: () => {},
      snapshot: (whole: boolean) => known.snapshot(whole),
      restore: (snapshot: Json) => known.restore(snapshot),
    }
    return {
      next(batch) {
        if (!scope) refuseWithoutScope(batch, id)
        if (batch.length === 0) {
          requireOrder(batch, id)
          scope?.personal?.remembers(id, marksAt(scope.personal.marksOf(batch), ...key))
          if (scope?.inMergeStage) scope.moveToMergeStage(stateful)
          return out.next(batch)
        }
        const isStamped = scope !== null || internals.metadata(batch)?.windowOrigin !== undefined
        out.next(keep(isStamped ? batch : clock.stamp(batch)))
      },
      ready() {
        scope?.describe('dedupe', { key: [...key], within })
        scope?.stateful(stateful)
      },
    }
  })
}
