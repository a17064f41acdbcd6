import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import type { Accumulators } from '../groups/accumulators.ts'
import type { Interval } from './interval.ts'
import type { Late } from './late.ts'

/** Which windows rows belong to, and when these close. Made by `tumbling`, `hopping`, `global`, `session` and `sliding`. */
export interface Window {
  readonly kind: string
  /** How long a window stays open after its end, in milliseconds. */
  readonly grace: number
  /** Returns the windows that a time belongs to, in order of their start; for `session` and `sliding` the one that a row opens by itself. */
  assign(time: number): readonly Interval[]
  /** Returns the window that follows one, where windows follow each other: `fill` walks along these. */
  after?(interval: Interval): Interval
  /**
   * Builds the engine of windows whose bounds depend on the rows. Partial aggregates of several tasks cannot make such windows, so they close
   * inside a task (docs/internals/protocol.md#4.6).
   */
  readonly local?: (settings: UnalignedSettings) => UnalignedEngine
  /** For the pipeline's fingerprint. */
  readonly options: Json
}

/** The settings of an engine whose windows close inside a task. */
export interface UnalignedSettings {
  /** The columns of the key. */
  readonly by: readonly string[]
  readonly accumulators: Accumulators
  /** The most windows (sessions) or instants with rows (sliding) that the engine holds. */
  readonly maxKeys: number
}

/** A closed window with its key and its accumulators. */
export interface ClosedWindow {
  readonly interval: Interval
  /** The key's values, in the order of its columns. */
  readonly values: readonly Json[]
  readonly rows: number
  readonly accs: readonly unknown[]
}

/** Keeps windows whose bounds depend on the rows. Plain and synchronous, like `AlignedEngine`; a window is emitted only once it is closed. */
export interface UnalignedEngine {
  /** Counts the rows of a batch, each against the watermark just before it; returns those that are late for their window. */
  add(batch: Batch<unknown>): Late[]
  /** Closes what `watermark` closes, and returns it in order of (end, start, key). */
  close(watermark: number): ClosedWindow[]
  /** Returns what changed since the last snapshot, or all of it when `whole`; null when nothing changed. */
  snapshot(whole: boolean): Json | null
  restore(snapshot: Json): void
  /** How much of `maxKeys` is held. */
  readonly held: number
}

/** Returns the watermark from which a window is closed, `end + grace <= W` (docs/internals/protocol.md#5.2). */
export function closeTime(window: Window, interval: Interval): number {
  return interval.end + window.grace
}
