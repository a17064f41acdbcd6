import type { OperatorFunction } from 'rxjs'
import { type Duration, positiveMillis } from '../base/duration.ts'
import { instant } from '../base/instant.ts'
import type { Json } from '../base/json.ts'
import { type Batch, internals } from '../batch/batch.ts'
import { columnBuilder } from '../batch/builder.ts'
import type { Field, Schema, Simplify } from '../batch/schema.ts'
import { eventTimes } from '../time/event-time.ts'
import { PartitionClock } from '../time/watermark.ts'
import { requireWatermarks } from '../window/engine/late.ts'
import { SessionStarts } from '../window/engine/session-starts.ts'
import { schemaExtension } from './extend-schema.ts'
import { operate } from './operate.ts'
import { refuseWithoutScope } from './stateful-operator.ts'
import { addColumn } from './with-column.ts'

export interface SessionizeOptions<K extends string> {
  /** The columns whose rows make up a session together. */
  by: K | readonly K[]
  /** Rows of a key at most this far apart are in one session; greater than 0. */
  gap: Duration
  /** Names it within its flow, where that has more than one; `sessionize` by default. */
  id?: string
  /** Sessions remembered at the most, in each task; 10,000,000 by default. */
  maxKeys?: number
}

/**
 * Adds to each row, as it passes, when its session began: `session_start`. With the key it names the session.
 *
 * A row joins the session of its key that was the last when it was read, if it is at most `gap` from it; a row before that is a session of
 * its own. So the order of reading counts; for sessions that do not depend on it, use `windowed(session(…))`. Each task looks at its own
 * partition.
 *
 * @throws `OPTION_INVALID` for a gap of 0 or less; as the flow's error `WATERMARK_LOST` when rows come without theirs, `STATE_LIMIT`
 * @example
 * tickets.pipe(sessionize({ by: 'client_id', gap: '30 minutes' })) // { …, session_start: Date 12:00:07 }
 */
export function sessionize<T, const K extends keyof T & string>(
  options: SessionizeOptions<K>,
): OperatorFunction<Batch<T>, Batch<Simplify<Omit<T, 'session_start'> & { session_start: Date }>>> {
  type Row = Simplify<Omit<T, 'session_start'> & { session_start: Date }>
  const { id = 'sessionize', maxKeys = 10_000_000 } = options
  const by: readonly string[] = typeof options.by === 'string' ? [options.by] : (options.by as readonly K[])
  const gap = positiveMillis(options.gap, 'gap')
  const extend = schemaExtension<T, { session_start: ReturnType<typeof instant> }>('with_session', { session_start: instant() })
  return operate<Batch<T>, Batch<Row>>((out, scope) => {
    const sessions = new SessionStarts(by, gap, maxKeys)
    const clock = new PartitionClock(0)
    const stateful = {
      id,
      version: 1,
      rangeEnd: () => {},
      snapshot: (whole: boolean) => sessions.snapshot(whole),
      restore: (cut: Json) => sessions.restore(cut),
    }
    const withStarts = (batch: Batch<T>): Batch<Row> => {
      const schema = extend(batch.schema) as unknown as Schema<Row>
      const builder = columnBuilder(schema.fields.find((field) => field.name === 'session_start') as Field)
      const watermarks = requireWatermarks(batch)
      const time = eventTimes(batch)
      const keys = sessions.reader(batch)
      for (let i = 0; i < batch.length; i++) builder.add(new Date(sessions.startOf(keys.idOf(i), time(i), watermarks[i] as number)))
      sessions.forget(watermarks.at(-1) ?? Number.NEGATIVE_INFINITY)
      return addColumn(batch, schema, 'session_start', builder.finish())
    }
    return {
      next(batch) {
        if (!scope) refuseWithoutScope(batch, id)
        if (batch.length === 0 && scope?.inMergeStage) scope.moveToMergeStage(stateful)
        const isStamped = scope !== null || internals.metadata(batch)?.windowOrigin !== undefined
        out.next(withStarts(isStamped ? batch : clock.stamp(batch)))
      },
      ready() {
        scope?.describe('sessionize', { by: [...by], gap })
        scope?.stateful(stateful)
      },
    }
  })
}
