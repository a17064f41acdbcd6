import type { Batch } from '../../batch/batch.ts'
import { eventTimes } from '../../time/event-time.ts'
import type { Accumulators } from './accumulators.ts'
import type { Keys } from './keys.ts'
import { type Late, metadataOf } from './late.ts'
import type { Interval } from './window.ts'

/** One row on its way into the state of its key. */
export interface KeyedRow {
  readonly id: number
  readonly time: number
  /** Of its partition, just before it. */
  readonly watermark: number
  /** Adds it to accumulators, in place. */
  readonly put: (accs: unknown[]) => void
}

/** What keeps rows by key. */
export interface KeyedState {
  readonly keys: Keys
  readonly accumulators: Accumulators
  /** Whether a key has any state. */
  holds(id: number): boolean
  /** Takes a row in; returns the window that it is late for, if it is. */
  take(row: KeyedRow): Interval | undefined
}

/** Hands the rows of a batch that has a trail to the state of their keys; returns those that are late. */
export function takeRows(batch: Batch<unknown>, state: KeyedState): Late[] {
  const { watermarks } = metadataOf(batch)
  const time = eventTimes(batch)
  const keys = state.keys.reader(batch)
  const add = state.accumulators.adder(batch)
  const late: Late[] = []
  const strangers = new Set<number>()
  for (let i = 0; i < batch.length; i++) {
    const watermark = watermarks[i] as number
    const id = keys.idOf(i)
    const missed = state.take({ id, time: time(i), watermark, put: (accs) => add(accs, i) })
    if (!missed) continue
    late.push({ row: i, watermark, windows: [missed] })
    if (!state.holds(id)) strangers.add(id)
  }
  // Keys are released after the batch only: its reader may know their numbers.
  for (const id of strangers) if (!state.holds(id)) state.keys.release(id)
  return late
}
