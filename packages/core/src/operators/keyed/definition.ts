import { type Duration, positiveMillis } from '../../base/duration.ts'
import { TicketsError } from '../../base/errors.ts'
import type { Json, JsonLike } from '../../base/json.ts'
import { positiveInteger } from '../../base/positive-integer.ts'
import type { Simplify, ValueAt } from '../../store/field.ts'

/** The values of a key by the names of its columns. A value that a row lacks is null. */
export type KeyOf<T, K extends string> = Simplify<{
  readonly [P in K]: Exclude<ValueAt<T, P>, undefined> | (undefined extends ValueAt<T, P> ? null : never)
}>

/** What a function of `keyedOperator` can do for the key that it is called for, until it returns. */
export interface KeyedContext<K, S, B> {
  /** The values of the key by the names of its columns. */
  readonly key: K
  /** The event time of the row, or the time of the timer, in epoch milliseconds. At the end of the source: that of the key's last row or timer. */
  readonly time: number
  /** Whether the watermark of the partition had passed the time of the row before it came. False for timers and at the end. */
  readonly isLate: boolean
  /** The state of the key, a new one where it has none. Change it in place, or assign another. */
  state: S
  /** Emits a row. */
  emit(row: B): void
  /**
   * Sets a timer, in epoch milliseconds or `{ after }` this row or timer, and returns its time. A key has one timer at a time: setting it again changes
   * nothing. One whose time has passed fires next.
   */
  setTimer(at: number | Date | { readonly after: Duration }): number
  /** Takes a timer of this time away. Does nothing where there is none. */
  cancelTimer(at: number | Date): void
  /** Takes the state of the key away. Its timers stay. */
  clear(): void
}

/** Settings of `keyedOperator`. `S` is the state of one key. */
export interface KeyedOptions<T, K extends string, S, B> {
  /** The columns of the key, or paths to members of nested ones. Over several partitions the source must be `keyedBy` some of them. */
  by: K | readonly K[]
  /** Returns the state of a key that has none. It is JSON: numbers, texts, booleans, null, arrays and plain objects. */
  init: () => S & (S extends JsonLike<S> ? unknown : never)
  /** Takes a row of the key: each one, late ones too, in the order of reading. */
  onRow: (row: T, context: KeyedContext<KeyOf<T, K>, S, B>) => void
  /** Takes a timer: once, after the row that moved the watermark of its partition past the timer's time. */
  onTimer?: (time: number, context: KeyedContext<KeyOf<T, K>, S, B>) => void
  /** Called for each key with a state when a complete source has ended, after its last timers. A topic never ends. */
  onEnd?: (context: KeyedContext<KeyOf<T, K>, S, B>) => void
  /** The event time after its last row or timer when the state of a key goes: `watermark > last + ttl`. A timer that is set keeps it. Always kept by default. */
  ttl?: Duration
  /** The name within the flow, needed where that has more than one; `keyedOperator` by default. A restart finds the state by this name. */
  id?: string
  /** The version of the state; 1 by default. Raise it when the state changes, and let `upgrade` read the older ones. */
  version?: number
  /** Makes a state of one that an older version wrote. */
  upgrade?: (state: Json, version: number) => S
  /** The most keys held, and the most timers, in each task; 10,000,000 by default. */
  maxKeys?: number
}

/** The context of an operator whose rows are not known yet. */
type AnyContext<S> = KeyedContext<AnyKey, S, unknown>

/** The values of some key. */
export type AnyKey = KeyOf<unknown, string>

/** A checked `keyedOperator` with all defaults filled in. The key of its rows is known when they come. */
export interface KeyedDefinition<S> {
  readonly by: readonly string[]
  readonly id: string
  readonly version: number
  /** In milliseconds; Infinity without one. */
  readonly ttl: number
  readonly maxKeys: number
  readonly init: () => S
  readonly onRow: (row: unknown, context: AnyContext<S>) => void
  readonly onTimer: ((time: number, context: AnyContext<S>) => void) | undefined
  readonly onEnd: ((context: AnyContext<S>) => void) | undefined
  /** Whether the time of a key's last row or timer matters. */
  readonly keepsLast: boolean
  readonly read: (state: Json, version: number) => S
  /** For the pipeline's fingerprint: a change of these changes what the state means. */
  readonly fingerprint: Json
}

/** Returns the definition of a `keyedOperator`. Throws `OPTION_INVALID`. */
export function defineKeyed<S>(
  schema: { readonly name: string; readonly version: number },
  options: KeyedOptions<unknown, string, S, unknown>,
): KeyedDefinition<S> {
  const { init, onRow, onTimer, onEnd, id = 'keyedOperator', version = 1, upgrade, maxKeys = 10_000_000 } = options
  const by = typeof options.by === 'string' ? [options.by] : [...options.by]
  if (by.length === 0) throw new TicketsError('OPTION_INVALID', `"${id}" needs the columns of its key in \`by\`, got none`)
  const ttl = options.ttl === undefined ? Number.POSITIVE_INFINITY : positiveMillis(options.ttl, 'ttl')
  const read = (state: Json, writtenBy: number): S => {
    if (writtenBy === version) return state as S
    if (upgrade) return upgrade(state, writtenBy)
    throw new TicketsError(
      'OPERATOR_STATE',
      `the state of "${id}" was written by version ${writtenBy} of it, this is version ${version}: give it an \`upgrade\` that reads the older one, or start over with a new log`,
    )
  }
  return {
    by,
    id,
    version: positiveInteger(version, 'version'),
    ttl,
    keepsLast: Number.isFinite(ttl) || onEnd !== undefined,
    maxKeys: positiveInteger(maxKeys, 'maxKeys'),
    init: init as () => S,
    onRow,
    onTimer,
    onEnd,
    read,
    fingerprint: { by, schema: schema.name, version: schema.version, ...(Number.isFinite(ttl) ? { ttl } : {}) },
  }
}
