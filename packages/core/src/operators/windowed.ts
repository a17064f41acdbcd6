import type { OperatorFunction } from 'rxjs'
import type { Agg } from '../aggregate/aggregate.ts'
import type { Batch } from '../batch/batch.ts'
import type { Window } from '../window/engine/window.ts'
import { operate } from './operate.ts'
import { checkWindowed, type Emit, type WindowedOptions, type WindowRow } from './windowed-options.ts'
import { windowing } from './windowing.ts'

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
