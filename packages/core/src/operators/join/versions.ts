import { TimerQueue } from '../keyed/timer-queue.ts'
import type { JoinKey } from './lookup.ts'

interface Version<V> {
  readonly time: number
  /** Rows before it do not see the version: of a late one the watermark that had passed it, else its time. */
  readonly from: number
  /** Null: there is no row from this time on. */
  readonly row: V | null
}

/** On disk: a version, and from when on rows see it if it was late. */
type SavedVersion = readonly [time: number, text: string | null] | readonly [time: number, text: string | null, from: number]

/** On disk: a key with all of its versions. */
type SavedKey = readonly [JoinKey, readonly SavedVersion[]]

/** What one snapshot holds. */
export type SavedVersions = readonly SavedKey[]

/** The versions of a table's rows by key and event time, as many of them as a row may still look for (docs/internals/protocol.md#9.3). */
export class Versions<V> {
  readonly #keys = new Map<JoinKey, Version<V>[]>()
  /** When an older version of a key is of no use any more. */
  readonly #old = new TimerQueue()
  readonly #oldKeys = new Map<number, JoinKey>()
  #order = 0
  #changed = new Set<JoinKey>()
  #held = 0

  /** How many versions are held. */
  get held(): number {
    return this.#held
  }

  /**
   * Takes a version. Of two with one time the later call stands.
   *
   * @param passed the watermark that rows have left by already: those before it do not see the version
   */
  put(key: JoinKey, time: number, row: V | null, passed = Number.NEGATIVE_INFINITY): void {
    const versions = this.#keys.get(key)
    const version = { time, row, from: Math.max(time, passed) }
    this.#changed.add(key)
    if (!versions) this.#keys.set(key, [version])
    else {
      let at = versions.length
      while (at > 0 && (versions[at - 1] as Version<V>).time > time) at--
      const isSame = version.from === time && versions[at - 1]?.time === time
      versions.splice(isSame ? at - 1 : at, isSame ? 1 : 0, version)
      if (isSame) this.#held--
    }
    this.#held++
    if (versions) this.#age(key, version.from)
  }

  /** Returns the row of a key as of a time: of the latest version that is not after it. Undefined where there is none. */
  at(key: JoinKey, time: number): V | undefined {
    const versions = this.#keys.get(key)
    for (let at = (versions?.length ?? 0) - 1; at >= 0; at--) {
      const version = versions?.[at] as Version<V>
      if (version.from <= time) return version.row ?? undefined
    }
    return undefined
  }

  /** Returns the row of the newest version of a key. Undefined where there is none. */
  newest(key: JoinKey): V | undefined {
    return this.#keys.get(key)?.at(-1)?.row ?? undefined
  }

  /** Forgets what no row from this time on sees. That a row is gone is kept: a version from before may still come. */
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
    const savedVersion = ({ time, row, from }: Version<V>): SavedVersion => {
      const text = row === null ? null : write(row)
      return from === time ? [time, text] : [time, text, from]
    }
    const saved = [...keys].map((key): SavedKey => [key, (this.#keys.get(key) ?? []).map(savedVersion)])
    this.#changed = new Set()
    return saved
  }

  /** Takes back what a snapshot holds. `read` returns the rows of all texts, in their order. */
  restore(saved: SavedVersions, read: (texts: readonly string[]) => readonly V[]): void {
    const rows = read(saved.flatMap(([, versions]) => versions.flatMap(([, text]) => (text === null ? [] : [text]))))
    let next = 0
    for (const [key, versions] of saved) {
      this.#held += versions.length - (this.#keys.get(key)?.length ?? 0)
      this.#keys.set(
        key,
        versions.map(([time, text, from = time]) => ({ time, from, row: text === null ? null : (rows[next++] as V) })),
      )
      for (const [i, [time, , from = time]] of versions.entries()) if (i > 0) this.#age(key, from)
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
    const keep = versions.findLastIndex(({ from }) => from <= before)
    if (keep <= 0) return
    versions.splice(0, keep)
    this.#held -= keep
    this.#changed.add(key)
  }
}
