import { TimerQueue } from '../keyed/timer-queue.ts'
import type { JoinKey } from './lookup.ts'

interface Version<V> {
  readonly time: number
  /** Null: there is no row from this time on. */
  readonly row: V | null
}

/** On disk: a key with all of its versions; none where it is gone. */
type SavedKey = readonly [JoinKey, readonly (readonly [number, string | null])[]]

/** What one snapshot holds. */
export type SavedVersions = readonly SavedKey[]

/** The versions of a table's rows by key and event time, as many of them as a row may still look for (docs/internals/protocol.md#9.3). */
export class Versions<V> {
  readonly #keys = new Map<JoinKey, Version<V>[]>()
  /** When an older version of a key, or a tombstone, is of no use any more. */
  readonly #old = new TimerQueue()
  readonly #oldKeys = new Map<number, JoinKey>()
  #order = 0
  #changed = new Set<JoinKey>()
  #held = 0

  /** How many versions are held. */
  get held(): number {
    return this.#held
  }

  /** Takes a version. Of two with one time the later call stands. */
  put(key: JoinKey, time: number, row: V | null): void {
    const versions = this.#keys.get(key)
    this.#changed.add(key)
    if (!versions) this.#keys.set(key, [{ time, row }])
    else {
      let at = versions.length
      while (at > 0 && (versions[at - 1] as Version<V>).time > time) at--
      const isSame = at > 0 && versions[at - 1]?.time === time
      versions.splice(isSame ? at - 1 : at, isSame ? 1 : 0, { time, row })
      if (isSame) this.#held--
    }
    this.#held++
    if (versions || row === null) this.#age(key, time)
  }

  /** Returns the row of a key as of a time: of the latest version that is not after it. Undefined where there is none. */
  at(key: JoinKey, time: number): V | undefined {
    const versions = this.#keys.get(key)
    for (let at = (versions?.length ?? 0) - 1; at >= 0; at--) {
      const version = versions?.[at] as Version<V>
      if (version.time <= time) return version.row ?? undefined
    }
    return undefined
  }

  /** Returns the row of the newest version of a key. Undefined where there is none. */
  newest(key: JoinKey): V | undefined {
    return this.#keys.get(key)?.at(-1)?.row ?? undefined
  }

  /** Forgets what no row from this time on sees. */
  forget(before: number): void {
    for (let due = this.#old.first; due && due.at <= before; due = this.#old.first) {
      this.#old.remove(due)
      const key = this.#oldKeys.get(due.order) as JoinKey
      this.#oldKeys.delete(due.order)
      this.#prune(key, before)
    }
  }

  /** Returns the keys that changed since the last snapshot, or all. */
  snapshot(whole: boolean, write: (row: V) => string): SavedVersions {
    const keys = whole ? this.#keys.keys() : this.#changed
    const saved = [...keys].map(
      (key): SavedKey => [key, (this.#keys.get(key) ?? []).map(({ time, row }) => [time, row === null ? null : write(row)] as const)],
    )
    this.#changed = new Set()
    return saved
  }

  /** Takes back what a snapshot holds. `read` returns the rows of all texts, in their order. */
  restore(saved: SavedVersions, read: (texts: readonly string[]) => readonly V[]): void {
    const rows = read(saved.flatMap(([, versions]) => versions.flatMap(([, text]) => (text === null ? [] : [text]))))
    let next = 0
    for (const [key, versions] of saved) {
      this.#held += versions.length - (this.#keys.get(key)?.length ?? 0)
      if (versions.length === 0) this.#keys.delete(key)
      else
        this.#keys.set(
          key,
          versions.map(([time, text]) => ({ time, row: text === null ? null : (rows[next++] as V) })),
        )
      for (const [i, [time, text]] of versions.entries()) if (i > 0 || text === null) this.#age(key, time)
    }
    this.#changed = new Set()
  }

  #age(key: JoinKey, at: number): void {
    const order = this.#order++
    this.#oldKeys.set(order, key)
    this.#old.add({ id: order, at, order, place: -1 })
  }

  #prune(key: JoinKey, before: number): void {
    const versions = this.#keys.get(key)
    if (!versions) return
    let keep = versions.findLastIndex(({ time }) => time <= before)
    // From a tombstone on there is no row, which is what a key without versions says too.
    if (keep >= 0 && versions[keep]?.row === null) keep++
    if (keep <= 0) return
    versions.splice(0, keep)
    this.#held -= keep
    if (versions.length === 0) this.#keys.delete(key)
    this.#changed.add(key)
  }
}
