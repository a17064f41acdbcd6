import type { Observer, OperatorFunction } from 'rxjs'
import type { Agg, OutOf } from '../aggregate/aggregate.ts'
import type { Batch } from '../batch/batch.ts'
import type { LateRow } from '../pipeline/late.ts'
import type { Sink } from '../pipeline/sink.ts'
import type { Simplify } from '../schema/schema.ts'
import type { Window } from '../window/window.ts'
import { operate } from './operate.ts'
import { checkWindowed } from './windowed-options.ts'
import { windowing } from './windowing.ts'

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
  aggregate: A
  /** Names it within its flow, where that has more than one; `windowed` by default. Its state is found by this name. */
  id?: string
  /** Where rows go that came too late; by default to the pipeline's `late`. An observer (a Subject) is told at least once, and works without a pipeline. */
  late?: Sink<LateRow> | Pick<Observer<Batch<LateRow>>, 'next'>
  /**
   * `'final'` (the default): one row a window and key, when it closes; another with the next `revision` when an idle partition returned.
   * `'updates'`: a row at each change, in a pipeline each range, with `revision` and `is_final`, after which nothing changes any more.
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

/**
 * Puts rows together by event-time window and key, and gives a row for each when the window closes.
 *
 * In a pipeline each task counts its own partition's rows, and the merge shows a window when the minimum of all watermarks passes its
 * close. Without a pipeline it is all one partition, whose watermark is the largest event time so far, and the end closes everything.
 *
 * A second one behind it takes each window once, when every task has closed it; a window's time is the last instant in it.
 *
 * @throws `OPTION_INVALID` for unknown columns, reserved names, or options that do not go together; as the flow's error `WATERMARK_LOST`
 * when rows come without theirs, `STATE_LIMIT` when more is open than may be
 * @example
 * tickets.pipe(windowed(tumbling({ size: '1 minute' }), { by: 'request_type', aggregate: { tickets: count() } }))
 * // { window_start: 12:00, window_end: 12:01, request_type: 'billing', tickets: 3, revision: 0 }
 */
export function windowed<
  T,
  const K extends keyof T & string = never,
  // biome-ignore lint/complexity/noBannedTypes: no aggregate at all is a record without members
  A extends Record<string, Agg<T, unknown>> & { [N in 'window_start' | 'window_end' | 'revision']?: never } = {},
  const E extends Emit = 'final',
>(window: Window, options: WindowedOptions<T, K, A, E>): OperatorFunction<Batch<T>, Batch<WindowRow<T, K, A, E>>> {
  const settings = checkWindowed(window, options as never)
  return operate<Batch<T>, Batch<WindowRow<T, K, A, E>>>((out, scope) => windowing(settings, scope, (batch) => out.next(batch as never)))
}
