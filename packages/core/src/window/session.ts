import { type Duration, millis } from '../base/duration.ts'
import { SessionEngine } from './engine/session-engine.ts'
import type { Window } from './engine/window.ts'
import { windowMillis } from './sizes.ts'

/** Settings of `session`. */
export interface SessionOptions {
  /** Rows of a key at most this far apart are in one session; greater than 0. */
  gap: Duration
  /** How long after its end a session stays open for late rows; 0 by default. */
  grace?: Duration
}

/**
 * Returns windows of activity: a session of a key continues while its rows are at most `gap` apart, and ends `gap` after the last one.
 *
 * Sessions close inside a task, so over several partitions all rows of a key have to be in one partition. The source declares that with `keyedBy`.
 *
 * @throws `OPTION_INVALID`, with the value, for a gap of 0 or anything negative
 * @example
 * windowed(session({ gap: '30 minutes' }), { by: 'client_id', aggregate: { tickets: count() } })
 * // { window_start: 12:00, window_end: 12:47, client_id: 'CLIENT_1000', tickets: 3, revision: 0 }
 */
export function session(options: SessionOptions): Window {
  const gap = windowMillis(options.gap, 'gap')
  const grace = millis(options.grace ?? 0, 'grace')
  return {
    kind: 'session',
    grace,
    assign: (time) => [{ start: time, end: time + gap }],
    local: (settings) => new SessionEngine(gap, grace, settings),
    options: { kind: 'session', gap, grace },
  }
}
