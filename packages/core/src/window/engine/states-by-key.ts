import type { Json } from '../../base/json.ts'
import { Keys } from '../groups/keys.ts'
import { snapshotWith } from './state-checks.ts'

/** What is held of one key. */
export interface HeldState {
  /** A snapshot holds the key, so the next one has to say when it is gone. */
  saved: boolean
}

/** On disk: the keys that are gone, and each key that changed with what its owner writes of it. */
type StatesSnapshot<R extends readonly Json[]> = {
  readonly drop: readonly (readonly Json[])[]
  readonly set: readonly (readonly [readonly Json[], ...R])[]
}

/** State by key that takes part in snapshots with what changed. `R` is what is written of one key. */
export class StatesByKey<S extends HeldState, R extends readonly Json[]> {
  readonly keys: Keys
  readonly #states = new Map<number, S>()
  readonly #touched = new Set<number>()
  #dropped: (readonly Json[])[] = []

  /** @param by the columns of the key */
  constructor(by: readonly string[]) {
    this.keys = new Keys(by)
  }

  /** The number of keys held. */
  get size(): number {
    return this.#states.size
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

  /** Forgets a key. Readers made before it are invalid after it. */
  drop(id: number, { saved }: S): void {
    if (saved) this.#dropped.push(this.keys.values(id))
    this.#states.delete(id)
    this.#touched.delete(id)
    this.keys.release(id)
  }

  /** Returns the keys that changed since the last snapshot, or all when `whole`, with what `write` makes of each; null when nothing changed. */
  snapshot(whole: boolean, write: (state: S, id: number) => R): StatesSnapshot<R> | null {
    const set = [...(whole ? this.#states.keys() : this.#touched)].map((id) => {
      const state = this.#states.get(id) as S
      const written = write(state, id)
      state.saved = true
      return [this.keys.values(id), ...written] as const
    })
    const drop = whole ? [] : this.#dropped
    this.#touched.clear()
    this.#dropped = []
    if (!whole && set.length === 0 && drop.length === 0) return null
    return { drop, set }
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
    this.#states.delete(id)
    this.#touched.delete(id)
  }
}

function readSnapshot<R extends readonly Json[]>(json: Json): StatesSnapshot<R> {
  return snapshotWith(json, 'drop', 'set') as StatesSnapshot<R>
}
