import type { Interval } from './engine/interval.ts'
import type { Window } from './engine/window.ts'

/** Bounds that files, databases and dates of most languages can hold. */
const ALWAYS: readonly Interval[] = [{ start: Date.parse('0001-01-01T00:00:00.000Z'), end: Date.parse('9999-12-31T23:59:59.999Z') }]

/**
 * One window for all rows, which no watermark closes: it is shown at the end of a bounded run, or with `emit: 'updates'` at each change.
 * Its bounds are the years 1 and 9999.
 *
 * @example
 * windowed(global(), { by: 'request_type', aggregate: { tickets: count() } }) // one row a type, when all has been read
 */
export function global(): Window {
  return { kind: 'global', grace: Number.POSITIVE_INFINITY, assign: () => ALWAYS, options: { kind: 'global' } }
}
