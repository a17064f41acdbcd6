import type { Interval } from './engine/interval.ts'
import type { Window } from './engine/window.ts'

/** Bounds that files, databases and the dates of most languages can hold. */
const ALWAYS: readonly Interval[] = [{ start: Date.parse('0001-01-01T00:00:00.000Z'), end: Date.parse('9999-12-31T23:59:59.999Z') }]

/**
 * Returns one window for all rows. No watermark closes it: it is emitted at the end of a bounded run, or with `emit: 'updates'` at each change. Its bounds
 * are the years 1 and 9999.
 *
 * @example
 * windowed(global(), { by: 'request_type', aggregate: { tickets: count() } }) // one row for each type, when everything is read
 */
export function global(): Window {
  return { kind: 'global', grace: Number.POSITIVE_INFINITY, assign: () => ALWAYS, options: { kind: 'global' } }
}
