import type { Observer } from 'rxjs'
import type { Agg, OutOf } from '../aggregate/aggregate.ts'
import type { CheckedColumns } from '../aggregate/column-agg.ts'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Batch } from '../batch/batch.ts'
import type { Simplify } from '../batch/schema.ts'
import type { LateRow } from '../connectors/late-row.ts'
import type { Sink } from '../connectors/sink.ts'
import type { Window } from '../window/engine/window.ts'

/** When a window is shown: once it closes, or at each change. */
export type Emit = 'final' | 'updates'

/** A row of what `windowed` gives: `[window_start, window_end)`, the key, the aggregates, and how often it was shown before. */
export type WindowRow<T, K extends keyof T, A, E extends Emit = 'final'> = Simplify<
  { window_start: Date; window_end: Date } & Pick<T, K> & OutOf<A, T> & { revision: number } & ('updates' extends E ? { is_final: boolean } : unknown)
>

export interface WindowedOptions<T, K extends keyof T & string, A, E extends Emit = 'final'> {
  /** The columns that rows are grouped by; none gives one group a window. */
  by?: K | readonly K[]
  /** Output column → aggregate. */
  aggregate: A & CheckedColumns<T, A>
  /** Names it within its flow, where that has more than one; `windowed` by default. Its state is found by this name. */
  id?: string
  /** Where rows go that came too late; by default to the pipeline's `late`. An observer (a Subject) is told at least once, and works without a pipeline. */
  late?: Sink<LateRow> | Pick<Observer<Batch<LateRow>>, 'next'>
  /**
   * `'final'` (the default): one row a window and key, when it closes; another with the next `revision` when an idle partition returned.
   * `'updates'`: a row at each change, in a pipeline each range, with `revision` and `is_final`. The last row of a window and
   * key, and no other, is final: every partition has closed the window and none can be added, or `keepFor` has passed. Outside a pipeline
   * the end of the stream gives each result that is still open once more, as the final one.
   */
  emit?: E
  /** `'zero'`: a row for keys without rows too, from the first to the last window shown. Needs windows of a size, and enums in `by`. */
  fill?: 'zero'
  /** How many windows are filled in one gap at the most; 1,000 by default. A longer gap stays open after them. */
  maxFill?: number
  /** Windows open at the same time at the most, in each task; 100,000 by default. */
  maxWindows?: number
  /** Keys of all open windows at the most, in each task (sessions; for sliding windows the instants that have rows); 10,000,000 by default. */
  maxKeys?: number
}

/** What a `windowed` is, all defaults filled in. */
export interface WindowedSettings {
  readonly window: Window
  readonly by: readonly string[]
  readonly aggregate: Readonly<Record<string, Agg<unknown, unknown>>>
  readonly id: string
  readonly lateSink: Sink<LateRow> | undefined
  readonly lateObserver: Pick<Observer<Batch<LateRow>>, 'next'> | undefined
  readonly emit: Emit
  /** Windows filled in one gap at the most; null when nothing is filled. */
  readonly maxFill: number | null
  readonly maxWindows: number
  readonly maxKeys: number
  /** For the fingerprint: a change of these changes what the state means. */
  readonly print: Json
}

function most(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new TicketsError('OPTION_INVALID', `${what} is a whole number from 1, got ${value}`)
}

/** Checks the options of a `windowed`. Throws `OPTION_INVALID`. */
export function checkWindowed(
  window: Window,
  options: WindowedOptions<Record<string, unknown>, string, Record<string, Agg<unknown, unknown>>, Emit>,
): WindowedSettings {
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
    maxFill: fill ? most(maxFill, 'maxFill') : null,
    maxWindows: most(maxWindows, 'maxWindows'),
    maxKeys: most(maxKeys, 'maxKeys'),
    print: { window: window.options, by, aggregate: aggregates, ...more },
  }
}
