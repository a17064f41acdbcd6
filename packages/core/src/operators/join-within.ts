import type { Observable, OperatorFunction } from 'rxjs'
import * as z from 'zod'
import { type Duration, millis } from '../base/duration.ts'
import { TicketsError } from '../base/errors.ts'
import { putIn, valueIn } from '../base/own-names.ts'
import { positiveInteger } from '../base/positive-integer.ts'
import { zodShape } from '../base/zod-definition.ts'
import { type Batch, internals, type Schema } from '../batch/batch.ts'
import type { Source } from '../connectors/source.ts'
import type { Scope } from '../dataflow/scope.ts'
import { makeSchema } from '../schema/define.ts'
import type { Simplify } from '../store/field.ts'
import { instant } from '../values/instant.ts'
import { fromSource } from './from-source.ts'
import { type IntervalDefinition, IntervalJoin, type Pair, type SavedIntervalJoin } from './join/interval-join.ts'
import { checkLookup, refuseWindows, reportLate, requireScope } from './join/lookup.ts'
import { addedShape, orNull } from './join-keyed.ts'
import { KeyedOutput } from './keyed/keyed-output.ts'
import { guardOf, operate } from './operate.ts'

/** Settings of `joinWithin`. */
export interface JoinWithinOptions<L extends string, R extends string, C extends string, Time extends string = 'joined_at'> {
  /** The column that both have the same value in, or that of each. A null matches nothing. */
  on: (L & R) | { readonly left: L; readonly right: R }
  /** How far apart the event times may be, ends included; or how much earlier and later than the row a partner may be. */
  within: Duration | { readonly before?: Duration; readonly after?: Duration }
  /** The columns of the other stream to add. */
  columns: readonly C[]
  /** `inner`, the default: pairs. `left`: also rows without a partner. `outer`: also rows of the other stream without one. What is missing is null. */
  kind?: 'inner' | 'left' | 'outer'
  /** How far behind its partition's watermark a row may be before it is late; 0 by default. */
  grace?: Duration
  /** The column of the result's event time, the later one of the two; `joined_at` by default. */
  time?: Time
  /** The most rows that each task holds, 10,000,000 by default. More of them stop the pipeline before the record, rather than exhaust its memory. */
  maxRows?: number
  /** The name within the flow, needed where that has more than one; `joinWithin` by default. */
  id?: string
}

type Kinds = 'inner' | 'left' | 'outer'

/** The row of a pair. */
export type JoinedWithin<T, R, L extends string, C extends keyof R, Kind extends Kinds, Time extends string> = Simplify<
  { [N in keyof T]: Kind extends 'outer' ? (N extends L ? T[N] : T[N] | null) : T[N] } & {
    [N in C]: Kind extends 'inner' ? R[N] : R[N] | null
  } & { [N in Time]: Date }
>

/**
 * Joins each row with the rows of another stream that have the same key and an event time close to its own: a payment with its refunds of the next hour.
 *
 * Each pair comes once. With `left` and `outer` a row without a partner comes alone, when the watermark of the other stream says that none can come any
 * more; then it is forgotten, as are rows with partners. Rows that come later than their own partition's watermark less `grace` are late: they are counted,
 * and dropped. Rows that wait are part of the pipeline's records. Pairs come in no fixed order.
 *
 * @param other another source, `fromSource(source)` with operators, or rows of the same source; its rows with one key are in the partition of the same number
 * @throws `OPTION_INVALID` for columns that the streams lack, and where their partitions do not fit together; as the flow's error `OPERATOR_SCOPE` outside of
 * a pipeline
 * @example
 * payments.pipe(joinWithin(refunds, { on: 'payment_id', within: { after: '1 hour' }, columns: ['reason'] })) // { …, reason: 'late', joined_at: 12:40 }
 */
export function joinWithin<
  T,
  R,
  P,
  const L extends keyof T & string,
  const RightKey extends keyof R & string,
  const C extends keyof R & string,
  const Kind extends Kinds = 'inner',
  const Time extends string = 'joined_at',
>(
  other: Source<R, P> | Observable<Batch<R>>,
  options: JoinWithinOptions<L, RightKey, C, Time> & { kind?: Kind },
): OperatorFunction<Batch<T>, Batch<JoinedWithin<T, R, L, C, Kind, Time>>> {
  type Out = JoinedWithin<T, R, L, C, Kind, Time>
  const { columns, time = 'joined_at' as Time } = options
  const definition = defineInterval(options)
  const { id, on, kind } = definition
  const stream = 'open' in other ? fromSource(other) : other
  return operate<Batch<T>, Batch<Out>>((out, anyScope) => {
    const scope = requireScope(anyScope, id)
    const guard = guardOf(out)
    const schemas: { left?: Schema<unknown>; right?: Schema<unknown> } = {}
    let output: KeyedOutput<Out> | null = null
    const rowOf = ({ left, right, time: at }: Pair): Out => {
      const row = {}
      for (const { name } of schemas.left?.fields ?? []) putIn(row, name, left ? valueIn(left, name) : null)
      if (!left && right) putIn(row, on.left, valueIn(right, on.right) ?? null)
      for (const name of columns) putIn(row, name, right ? valueIn(right, name) : null)
      putIn(row, time, new Date(at))
      return row as Out
    }
    const join = new IntervalJoin(definition, (pair) => output?.add(rowOf(pair), join.watermark, pair.offset))
    const take = (side: 'left' | 'right', batch: Batch<unknown>) =>
      guard(() => {
        if (schemas[side]) {
          reportLate(scope, id, batch, join.rows(side, batch))
          return output?.flush()
        }
        refuseWindows(scope, id)
        checkLookup(batch.schema, on[side])
        schemas[side] = batch.schema
        join.start(side, batch)
        if (side === 'right') checkOther(scope, definition, batch)
        const { left, right } = schemas
        if (!left || !right) return
        output = new KeyedOutput<Out>(pairSchema<Out>(left, right, { definition, columns, time }), 'task', (rows) => out.next(rows))
        output.carried = { timeline: join, unorderedBy: id }
        output.emit()
      })
    const reading = stream.subscribe({ next: (batch) => take('right', batch), error: (error: unknown) => out.error(error) })
    return {
      next: (batch) => take('left', batch),
      ready() {
        const { before, after, grace } = definition
        scope.describe('joinWithin', { on, kind, before, after, grace, columns: [...columns], time })
        scope.join({
          id,
          version: 1,
          timeline: join,
          release: () =>
            guard(() => {
              join.release()
              output?.flush()
            }),
          rangeEnd: () => {},
          snapshot: (whole) => join.snapshot(whole),
          restore: (saved) => join.restore(saved as SavedIntervalJoin),
        })
      },
      unsubscribe: () => reading.unsubscribe(),
    }
  })
}

function defineInterval(options: JoinWithinOptions<string, string, string, string>): IntervalDefinition {
  const { on, within, kind = 'inner', grace = 0, maxRows = 10_000_000, id = 'joinWithin' } = options
  const { before = 0, after = 0 } = typeof within === 'object' ? within : { before: within, after: within }
  if (!['inner', 'left', 'outer'].includes(kind))
    throw new TicketsError('OPTION_INVALID', `kind is 'inner', 'left' or 'outer', got ${JSON.stringify(kind)}`)
  const keys = typeof on === 'string' ? { left: on, right: on } : on
  const [most, bounds] = [positiveInteger(maxRows, 'maxRows'), { before: millis(before, 'within.before'), after: millis(after, 'within.after') }]
  return { id, on: keys, kind, ...bounds, grace: millis(grace, 'grace'), maxRows: most }
}

/** Refuses partitions of the other stream that do not go with the rows'. */
function checkOther(scope: Scope, { id, on, kind }: IntervalDefinition, batch: Batch<unknown>): void {
  const input = internals.metadata(batch)?.timeline?.input
  scope.requires(id, { keyedBy: [on.left], ...(input?.partitions === 'same' ? { joins: { source: input, keyedBy: [on.right] } } : {}) })
  if (input?.partitions === 'all' && kind === 'outer')
    throw new TicketsError(
      'OPTION_INVALID',
      `"${id}" is an outer join with ${input.name}, which every task reads as a whole: each of them would emit its rows without a partner. Read it by partition`,
    )
}

/** Returns the schema of pairs. Throws `OPTION_INVALID` for columns that do not go together. */
function pairSchema<Out>(
  left: Schema<unknown>,
  right: Schema<unknown>,
  { definition, columns, time }: { definition: IntervalDefinition; columns: readonly string[]; time: string },
): Schema<Out> {
  const { id, on, kind } = definition
  const refuse = (message: string) => new TicketsError('OPTION_INVALID', `"${id}" ${message}`)
  const kindOf = ({ fields }: Schema<unknown>, name: string) => fields.find((field) => field.name === name)?.kind
  const text = (name: string | undefined) => (name === 'enum' ? 'string' : name)
  if (text(kindOf(left, on.left)) !== text(kindOf(right, on.right)))
    throw refuse(
      `compares "${on.left}" of ${left.name}, a ${kindOf(left, on.left)}, with "${on.right}" of ${right.name}, a ${kindOf(right, on.right)}: no two are equal`,
    )
  const missing = columns.find((name) => kindOf(right, name) === undefined)
  if (missing !== undefined) throw refuse(`adds columns of ${right.name}, which has no "${missing}"`)
  const twice = [...columns, time].find((name, i, all) => kindOf(left, name) !== undefined || all.indexOf(name) !== i)
  if (twice !== undefined)
    throw refuse(
      `would have two columns "${twice}": rename one with mapRows, or give the column of the result's event time another name with \`time\``,
    )
  const shape = zodShape(left.zod)
  const typeOf = (name: string) => (kind === 'outer' && name !== on.left ? orNull(shape[name] as z.ZodType) : (shape[name] as z.ZodType))
  const own = Object.fromEntries(left.fields.map(({ name }) => [name, typeOf(name)]))
  const zod = z.object({ ...own, ...addedShape(right, columns, kind === 'inner'), [time]: instant() })
  return makeSchema<Out>(zod, { name: `${left.name}_with_${right.name}`.replace(/[^\w-]/g, '_'), version: left.version, time }, [])
}
