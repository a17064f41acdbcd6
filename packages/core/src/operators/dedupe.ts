import type { OperatorFunction } from 'rxjs'
import { type Duration, positiveMillis } from '../base/duration.ts'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { type Batch, internals } from '../batch/batch.ts'
import { eventTimes } from '../time/event-time.ts'
import { PartitionClock } from '../time/watermark.ts'
import { requireWatermarks } from '../window/engine/late.ts'
import { TimedKeys } from '../window/engine/timed-keys.ts'
import { filterBatch } from './filter-rows.ts'
import { operate } from './operate.ts'
import { refuseWithoutScope } from './stateful-operator.ts'

export interface DedupeOptions<K extends string> {
  /** The columns that make two rows the same. */
  key: K | readonly K[]
  /** How far apart in event time two rows of one key can be and still be the same; greater than 0. What is remembered is bounded by it. */
  within: Duration
  /** Names it within its flow, where that has more than one; `dedupe` by default. */
  id?: string
  /** Times remembered at the most, in each task; 10,000,000 by default. */
  maxKeys?: number
}

/**
 * Drops a row when one of the same key, less than `within` of event time before or after it, has passed already: the first one read stays.
 *
 * Each task looks at its own partition, so repeats are found where they share one, as those of a producer that sends twice do. A row that
 * is `within` or more behind its partition's watermark passes unchecked: what it could repeat is forgotten.
 *
 * @throws `OPTION_INVALID` for a `within` of 0 or less; as the flow's error `WATERMARK_LOST` when rows come without theirs, `STATE_LIMIT`
 * @example
 * tickets.pipe(dedupe({ key: 'ticket_id', within: '1 hour' })) // each ticket once, however often it was sent within the hour
 */
export function dedupe<T, const K extends keyof T & string>(options: DedupeOptions<K>): OperatorFunction<Batch<T>, Batch<T>> {
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
        // What the watermark before this row has passed is not looked at, whether it is still in memory or not.
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
      restore: (cut: Json) => known.restore(cut),
    }
    return {
      next(batch) {
        if (!scope) refuseWithoutScope(batch, id)
        if (batch.length === 0) {
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
