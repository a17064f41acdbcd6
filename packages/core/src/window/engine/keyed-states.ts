import { compareTexts } from '../../base/compare-texts.ts'
import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import { eventTimes } from '../../time/event-time.ts'
import type { Accumulators } from '../groups/accumulators.ts'
import { Keys } from '../groups/keys.ts'
import type { Interval } from './interval.ts'
import { type Late, requireWatermarks } from './late.ts'
import { checkHeld, snapshotWith } from './state-checks.ts'
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
export interface KeyState<I> {
  items: I[]
  /** A snapshot holds the key, so the next one has to say when it is gone. */
  saved: boolean
}

/** On disk: the keys that are gone, and each key that changed with what its engine writes of it. */
type KeyedSnapshot<R extends readonly Json[]> = {
  readonly drop: readonly (readonly Json[])[]
  readonly set: readonly (readonly [readonly Json[], ...R])[]
}

/** The state of an engine by key: it counts what is held against a limit, and takes part in snapshots with what changed. */
export class KeyedStates<I, S extends KeyState<I>, R extends readonly Json[]> {
  readonly keys: Keys
  readonly accumulators: Accumulators
  /** Items held, over all keys. An engine counts those that it adds to or takes from a state in place. */
  held = 0
  readonly #what: string
  readonly #most: number
  readonly #states = new Map<number, S>()
  readonly #touched = new Set<number>()
  #dropped: (readonly Json[])[] = []

  /** @param what the name of an item in errors, in the singular */
  constructor(what: string, { by, accumulators, maxKeys }: UnalignedSettings) {
    this.keys = new Keys(by)
    this.accumulators = accumulators
    this.#what = what
    this.#most = maxKeys
  }

  get(id: number): S | undefined {
    return this.#states.get(id)
  }

  /** Holds a state under a key that has none, or in place of the one it has. */
  set(id: number, state: S): void {
    this.#states.set(id, state)
  }

  /** Marks a key as changed since the last snapshot. */
  touch(id: number): void {
    this.#touched.add(id)
  }

  entries(): IterableIterator<[number, S]> {
    return this.#states.entries()
  }

  /** Forgets a key whose items are all gone. */
  drop(id: number, { saved }: S): void {
    if (saved) this.#dropped.push(this.keys.values(id))
    this.#states.delete(id)
    this.#touched.delete(id)
    this.keys.release(id)
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
      if (!this.#states.has(id)) unused.add(id)
    }
    // The reader may know a key's number until the batch is done, so no number is free before that.
    for (const id of unused) if (!this.#states.has(id)) this.keys.release(id)
    checkHeld(this.#what, this.held, this.#most)
    return late
  }

  /** Returns the keys that changed since the last snapshot, or all when `whole`, with what `write` makes of each; null when nothing changed. */
  snapshot(whole: boolean, write: (state: S) => R): Json | null {
    const set = [...(whole ? this.#states.keys() : this.#touched)].map((id) => {
      const state = this.#states.get(id) as S
      const written = write(state)
      state.saved = true
      return [this.keys.values(id), ...written] as const
    })
    const drop = whole ? [] : this.#dropped
    this.#touched.clear()
    this.#dropped = []
    if (!whole && set.length === 0 && drop.length === 0) return null
    return { drop, set } satisfies KeyedSnapshot<R>
  }

  /** Takes a snapshot back; `read` takes what `write` made of a key. */
  restore(json: Json, read: (id: number, ...written: R) => void): void {
    const { drop, set } = readSnapshot<R>(json)
    for (const values of drop) {
      const id = this.keys.intern(values)
      this.forget(id)
      this.keys.release(id)
    }
    for (const [values, ...written] of set) read(this.keys.intern(values), ...written)
    this.#touched.clear()
  }

  /** Takes away the state of a key that a snapshot is about to replace. */
  forget(id: number): void {
    this.held -= this.#states.get(id)?.items.length ?? 0
    this.#states.delete(id)
  }
}

function readSnapshot<R extends readonly Json[]>(json: Json): KeyedSnapshot<R> {
  return snapshotWith(json, 'drop', 'set') as KeyedSnapshot<R>
}

/** Compares closed windows by end, start and key. */
export function byEnd(a: ClosedWindow, b: ClosedWindow): number {
  return a.interval.end - b.interval.end || a.interval.start - b.interval.start || compareTexts(JSON.stringify(a.values), JSON.stringify(b.values))
}
