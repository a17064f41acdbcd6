import type { OperatorFunction } from 'rxjs'
import { type Duration, positiveMillis } from '../base/duration.ts'
import type { Json } from '../base/json.ts'
import { type Batch, internals } from '../batch/batch.ts'
import { columnBuilder } from '../batch/builder.ts'
import { addColumn } from '../schema/add-columns.ts'
import type { Field, Path, Simplify } from '../store/field.ts'
import { marksAt } from '../store/personal-marks.ts'
import { eventTimes } from '../time/event-time.ts'
import { PartitionClock } from '../time/watermark.ts'
import { instant } from '../values/instant.ts'
import { requireOrder, requireWatermarks } from '../window/engine/late.ts'
import { SessionStarts } from '../window/engine/session-starts.ts'
import { schemaExtension } from './extend-schema.ts'
import { operate } from './operate.ts'
import { refuseWithoutScope } from './stateful-operator.ts'

/** Settings of `sessionize`. */
export interface SessionizeOptions<K extends string> {
  /** The columns of the key: rows with equal values are in the same sessions. */
  by: K | readonly K[]
  /** Rows of a key at most this far apart are in one session; greater than 0. */
  gap: Duration
  /** The name within the flow, needed where that has more than one; `sessionize` by default. A restart finds the state by this name. */
  id?: string
  /** The most sessions remembered in each task; 10,000,000 by default. */
  maxKeys?: number
}

/**
 * Adds `session_start` to each row as it passes: when the row's session began. Key and `session_start` together identify a session.
 *
 * A row joins the latest session of its key if it is at most `gap` from it. A row before that session is a session of its own. So the result depends
 * on the order of reading: use `windowed(session(…))` for sessions that do not. Each task sees its own partition only.
 *
 * @throws `OPTION_INVALID` for a gap of 0 or less; as the flow's error `WATERMARK_LOST` when rows come without their
 * watermarks, `STATE_LIMIT` when more sessions are remembered than allowed
 * @example
 * tickets.pipe(sessionize({ by: 'client_id', gap: '30 minutes' })) // { …, session_start: Date 12:00:07 }
 */
export function sessionize<T, const K extends Path<T>>(
  options: SessionizeOptions<K>,
): OperatorFunction<Batch<T>, Batch<Simplify<Omit<T, 'session_start'> & { session_start: Date }>>> {
  type Row = Simplify<Omit<T, 'session_start'> & { session_start: Date }>
  const { id = 'sessionize', maxKeys = 10_000_000 } = options
  const by: readonly string[] = typeof options.by === 'string' ? [options.by] : (options.by as readonly K[])
  const gap = positiveMillis(options.gap, 'gap')
  const extend = schemaExtension<T, Row>('with_session', { session_start: instant().meta({ personal: false }) })
  return operate<Batch<T>, Batch<Row>>((out, scope) => {
    const sessions = new SessionStarts(by, gap, maxKeys)
    const clock = new PartitionClock(0)
    const stateful = {
      id,
      version: 1,
      rangeEnd: () => {},
      snapshot: (whole: boolean) => sessions.snapshot(whole),
      restore: (snapshot: Json) => sessions.restore(snapshot),
    }
    const withStarts = (batch: Batch<T>): Batch<Row> => {
      const schema = extend(batch.schema)
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
        if (batch.length === 0) requireOrder(batch, id)
        if (batch.length === 0) scope?.personal?.remembers(id, marksAt(scope.personal.marksOf(batch), ...by))
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
