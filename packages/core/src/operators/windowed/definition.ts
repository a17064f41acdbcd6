import type { Observer } from 'rxjs'
import type { Agg, OutOf } from '../../aggregate/aggregate.ts'
import type { CheckedColumns } from '../../aggregate/column-agg.ts'
import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { positiveInteger } from '../../base/positive-integer.ts'
import type { Batch } from '../../batch/batch.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import type { Sink } from '../../connectors/sink.ts'
import type { Simplify, ValueAt } from '../../store/field.ts'
import type { Window } from '../../window/engine/window.ts'
import { Accumulators } from '../../window/groups/accumulators.ts'

/** When a window is emitted: once it closes, or at each change. */
export type Emit = 'final' | 'updates'

/** A row that `windowed` emits: `[window_start, window_end)`, the key, the aggregates, and how often the window was emitted before. */
export type WindowRow<T, K extends string, A, E extends Emit = 'final'> = Simplify<
  { window_start: Date; window_end: Date } & { [P in K as P extends keyof T ? never : P]: ValueAt<T, P> } & Pick<T, K & keyof T> &
    OutOf<A, T> & { revision: number } & ('updates' extends E ? { is_final: boolean } : unknown)
>

/** Settings of `windowed`. */
export interface WindowedOptions<T, K extends string, A, E extends Emit = 'final'> {
  /** The columns that rows are grouped by, or paths to members of nested ones, such as `'user.country'`; none gives one group a window. */
  by?: K | readonly K[]
  /** Output column → aggregate. */
  aggregate: A & CheckedColumns<T, A>
  /** The name within the flow, needed where that has more than one; `windowed` by default. A restart finds the state by this name. */
  id?: string
  /** Where late rows go; the pipeline's `late` by default. An observer, such as a Subject, gets them at least once, and works without a pipeline. */
  late?: Sink<LateRow> | Pick<Observer<Batch<LateRow>>, 'next'>
  /**
   * `'final'` (the default): one row a window and key, when the window closes. An idle partition that returns adds a row with the next `revision`.
   *
   * `'updates'`: a row at each change (in a pipeline: each range) with `revision` and `is_final`. Exactly one row of a window and key, the last
   * one, is final: every partition has closed the window and none can be added, or `keepFor` has passed. Outside a pipeline the end of the stream
   * emits each result that is still open once more, as the final one.
   */
  emit?: E
  /** `'zero'` adds a row for keys without rows, from the first to the last window emitted. Needs tumbling or hopping windows, and enums in `by`. */
  fill?: 'zero'
  /** The most windows that `fill` adds in one gap; 1,000 by default. A longer gap stays open after them. */
  maxFill?: number
  /** The most windows open at the same time in each task; 100,000 by default. */
  maxWindows?: number
  /** The most keys in all open windows (sessions; for sliding windows the instants that have rows) in each task; 10,000,000 by default. */
  maxKeys?: number
}

/** A checked `windowed` with all defaults filled in. Each subscription builds its logic from it: standalone, task stage or merge stage. */
export interface WindowedDefinition {
  readonly window: Window
  readonly by: readonly string[]
  readonly aggregate: Readonly<Record<string, Agg<unknown, unknown>>>
  readonly id: string
  readonly lateSink: Sink<LateRow> | undefined
  readonly lateObserver: Pick<Observer<Batch<LateRow>>, 'next'> | undefined
  readonly emit: Emit
  /** The most windows that `fill` adds in one gap; null without `fill`. */
  readonly maxFill: number | null
  readonly maxWindows: number
  readonly maxKeys: number
  readonly accumulators: Accumulators
  /** For the pipeline's fingerprint: a change of these changes what the state means. */
  readonly fingerprint: Json
}

/** Returns the definition of a `windowed`. Throws `OPTION_INVALID` for options that no `windowed` takes, or that do not go together. */
export function defineWindowed(
  window: Window,
  options: WindowedOptions<Record<string, unknown>, string, Record<string, Agg<unknown, unknown>>, Emit>,
): WindowedDefinition {
  const { id = 'windowed', aggregate, late, emit = 'final', fill, maxFill = 1_000, maxWindows = 100_000, maxKeys = 10_000_000 } = options
  const by = options.by === undefined ? [] : typeof options.by === 'string' ? [options.by] : [...options.by]
  if (emit !== 'final' && emit !== 'updates') throw new TicketsError('OPTION_INVALID', `emit is 'final' or 'updates', got ${JSON.stringify(emit)}`)
  if (fill !== undefined && fill !== 'zero') throw new TicketsError('OPTION_INVALID', `fill is 'zero' or left out, got ${JSON.stringify(fill)}`)
  if (emit === 'updates' && window.local)
    throw new TicketsError('OPTION_INVALID', `emit: 'updates' goes with windows of known bounds: those of a ${window.kind} change with each row`)
  if (fill && !window.after)
    throw new TicketsError('OPTION_INVALID', `fill: 'zero' goes with windows that follow each other, tumbling or hopping, not with ${window.kind}`)
  const aggregates = Object.entries(aggregate).map(([name, agg]) => [name, agg.options ?? null] as const)
  const more = { ...(emit === 'final' ? {} : { emit }), ...(fill ? { fill, maxFill } : {}) }
  const isSink = late !== undefined && 'open' in late
  return {
    window,
    by,
    aggregate,
    id,
    lateSink: isSink ? (late as Sink<LateRow>) : undefined,
    lateObserver: isSink ? undefined : (late as Pick<Observer<Batch<LateRow>>, 'next'> | undefined),
    emit,
    maxFill: fill ? positiveInteger(maxFill, 'maxFill') : null,
    maxWindows: positiveInteger(maxWindows, 'maxWindows'),
    maxKeys: positiveInteger(maxKeys, 'maxKeys'),
    accumulators: new Accumulators(aggregate),
    fingerprint: { window: window.options, by, aggregate: aggregates, ...more },
  }
}
