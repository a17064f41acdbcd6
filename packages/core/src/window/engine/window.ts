import type { Json } from '../../base/json.ts'
import type { Accumulators } from './accumulators.ts'
import type { UnalignedEngine } from './unaligned-engine.ts'

/** `[start, end)` in epoch milliseconds. */
export interface Interval {
  readonly start: number
  readonly end: number
}

/** Which windows rows belong to, and when these close. Made by `tumbling`, `hopping`, `global`, `session` and `sliding`. */
export interface Window {
  readonly kind: string
  /** Milliseconds. */
  readonly grace: number
  /** The windows that a time belongs to, in order of their start; for `session` and `sliding` the one that a row opens of itself. */
  assign(time: number): readonly Interval[]
  /** The window that follows one, where windows follow each other: what `fill` goes by. */
  after?(interval: Interval): Interval
  /** How windows are kept whose bounds depend on the rows: they cannot be put together from partials, so they close inside of a task (protocol 4.6). */
  readonly local?: (settings: LocalSettings) => UnalignedEngine
  /** For the pipeline's fingerprint. */
  readonly options: Json
}

/** What a window that closes inside of a task is kept by. */
export interface LocalSettings {
  readonly by: readonly string[]
  readonly accumulators: Accumulators
  /** Windows (sessions) or rows' times (sliding) held at the most. */
  readonly maxKeys: number
}

/** The watermark from which a window is closed (protocol 5.2): `end + grace <= W`. */
export function dueOf(window: Window, interval: Interval): number {
  return interval.end + window.grace
}
