import type { Json } from '../pipeline/source.ts'

/** `[start, end)` in epoch milliseconds. */
export interface Interval {
  readonly start: number
  readonly end: number
}

/** Assigns event times to windows that are known from the time alone, and says when they close. Made by `tumbling`. */
export interface Window {
  readonly kind: string
  /** Milliseconds. */
  readonly grace: number
  /** The windows that a time belongs to, in order of their start. */
  assign(time: number): readonly Interval[]
  /** For the pipeline's fingerprint. */
  readonly options: Json
}

/** The watermark from which a window is closed (protocol 5.2): `end + grace <= W`. */
export function dueOf(window: Window, interval: Interval): number {
  return interval.end + window.grace
}
