import { compareTexts } from '../../base/compare-texts.ts'
import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import { eventTimes } from '../../time/event-time.ts'
import type { Accumulators } from '../groups/accumulators.ts'
import type { Interval } from './interval.ts'
import { type Late, requireWatermarks } from './late.ts'
import { checkHeld } from './state-checks.ts'
import { type HeldState, StatesByKey } from './states-by-key.ts'
import type { ClosedWindow, UnalignedSettings } from './window.ts'

/** One row on its way into the state of its key. */
export interface KeyedRow {
  readonly id: number
  readonly time: number
  /** The watermark of its partition, just before it. */
  readonly watermark: number
  /** Adds the row to accumulators, in place. */
  readonly put: (accs: unknown[]) => void
}

/** What is held of one key: its sessions, or the instants at which it has rows. */
export interface KeyState<I> extends HeldState {
  items: I[]
}

/** The state of a window engine by key: it counts what is held against a limit. */
export class KeyedStates<I, S extends KeyState<I>, R extends readonly Json[]> extends StatesByKey<S, R> {
  readonly accumulators: Accumulators
  /** Items held, over all keys. An engine counts those that it adds to or takes from a state in place. */
  held = 0
  readonly #what: string
  readonly #most: number

  /** @param what the name of an item in errors, in the singular */
  constructor(what: string, { by, accumulators, maxKeys }: UnalignedSettings) {
    super(by)
    this.accumulators = accumulators
    this.#what = what
    this.#most = maxKeys
  }

  /**
   * Hands each row of a batch to `take`, which returns the window that the row is late for, if it is. Returns the late rows.
   *
   * @throws `WATERMARK_LOST` for a batch without watermarks, `STATE_LIMIT` when more is held than allowed
   */
  add(batch: Batch<unknown>, take: (row: KeyedRow) => Interval | undefined): Late[] {
    const watermarks = requireWatermarks(batch)
    const time = eventTimes(batch)
    const keys = this.keys.reader(batch)
    const add = this.accumulators.adder(batch)
    const late: Late[] = []
    const unused = new Set<number>()
    for (let i = 0; i < batch.length; i++) {
      const watermark = watermarks[i] as number
      const id = keys.idOf(i)
      const missed = take({ id, time: time(i), watermark, put: (accs) => add(accs, i) })
      if (!missed) continue
      late.push({ row: i, watermark, windows: [missed] })
      if (!this.get(id)) unused.add(id)
    }
    // The reader may know a key's number until the batch is done, so no number is free before that.
    for (const id of unused) if (!this.get(id)) this.keys.release(id)
    checkHeld(this.#what, this.held, this.#most)
    return late
  }

  override forget(id: number): void {
    this.held -= this.get(id)?.items.length ?? 0
    super.forget(id)
  }
}

/** Compares closed windows by end, start and key. */
export function byEnd(a: ClosedWindow, b: ClosedWindow): number {
  return a.interval.end - b.interval.end || a.interval.start - b.interval.start || compareTexts(JSON.stringify(a.values), JSON.stringify(b.values))
}
