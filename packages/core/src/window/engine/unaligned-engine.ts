import { compareTexts } from '../../base/compare-texts.ts'
import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import type { Late } from './late.ts'
import type { Interval } from './window.ts'

/** A window that is closed, with its key and its accumulators. */
export interface Closed {
  readonly interval: Interval
  readonly values: readonly Json[]
  readonly rows: number
  readonly accs: readonly unknown[]
}

/** Keeps windows whose bounds depend on the rows. Plain and synchronous, like `WindowEngine`; its rows show only when they are closed. */
export interface UnalignedEngine {
  /** Counts the rows of a batch that has a trail, each against the watermark just before it; returns those late for a window. */
  add(batch: Batch<unknown>): Late[]
  /** What `watermark` closes, in order of (end, key); it is let go. */
  close(watermark: number): Closed[]
  snapshot(whole: boolean): Json | null
  restore(cut: Json): void
  /** Windows or rows held. */
  readonly held: number
}

/** In order of (end, start, key). */
export function byEnd(a: Closed, b: Closed): number {
  return a.interval.end - b.interval.end || a.interval.start - b.interval.start || compareTexts(JSON.stringify(a.values), JSON.stringify(b.values))
}
